import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { inputTensor, inputValues } from './hashed-values.js';
import type { GoldenCase, InputEntry } from './manifest.js';

/** A whole number of the case's config. @throws when absent */
export function configNumber(golden: GoldenCase, key: string, fallback?: number): number {
  const value = golden.config[key] ?? fallback;
  if (typeof value !== 'number') throw new Error(`config.${key} of case ${golden.id} must be a number, got ${JSON.stringify(value)}`);
  return value;
}

/** A list of labels of the case's config. @throws when absent */
export function configLabels(golden: GoldenCase, key: string): number[] {
  return z.array(z.number()).parse(golden.config[key], { error: () => `config.${key} of case ${golden.id} must be a list of labels` });
}

/** The first input whose name matches. */
export function findInput(golden: GoldenCase, pattern: RegExp): InputEntry | undefined {
  return golden.inputs.find(({ name }) => pattern.test(name));
}

function requireEntry(golden: GoldenCase, pattern: RegExp): InputEntry {
  const entry = findInput(golden, pattern);
  if (entry === undefined) throw new Error(`case ${golden.id} has no input that matches ${pattern.source}`);
  return entry;
}

/** The first input whose name matches, as a tensor in our layout. @throws when there is none */
export const requireInput = (golden: GoldenCase, pattern: RegExp): Tensor => inputTensor(requireEntry(golden, pattern));

/** The same in the goldens' layout. @throws when there is none */
export function requireInputAsStored(golden: GoldenCase, pattern: RegExp): Tensor {
  const entry = requireEntry(golden, pattern);
  return tensor(inputValues(entry), entry.shape);
}

/** Makes sure that a case wants what the packages have fixed. @throws when its config has another value */
export function requireConstant(golden: GoldenCase, key: string, ours: unknown): void {
  const wanted = golden.config[key];
  if (wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(ours)) {
    throw new Error(
      `config.${key} of case ${golden.id} is ${JSON.stringify(wanted)}; the packages have ${JSON.stringify(ours)}, which cannot be chosen`,
    );
  }
}
