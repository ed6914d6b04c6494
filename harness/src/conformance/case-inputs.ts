import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { inputTensor } from './hashed-values.js';
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

/** The first input whose name matches, as a tensor in our layout. @throws when there is none */
export function requireInput(golden: GoldenCase, pattern: RegExp): Tensor {
  const entry = findInput(golden, pattern);
  if (entry === undefined) throw new Error(`case ${golden.id} has no input that matches ${pattern.source}`);
  return inputTensor(entry);
}
