import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { readSafetensors } from '@stargan/checkpoints';
import { compareCase, type Deviation, type ExpectedTensors } from './compare.js';
import { readManifest, type GoldenCase } from './manifest.js';
import { findRunner, type CaseContext } from './registry.js';

/** What became of one case. */
export interface CaseResult {
  readonly id: string;
  readonly status: 'passed' | 'failed' | 'not covered';
  /** The value that was missed the most, or met the most narrowly. */
  readonly worst?: Deviation;
  /** Expected values compared, and other facts checked. */
  readonly compared: number;
  readonly error?: string;
}

async function readExpected(directory: string, golden: GoldenCase): Promise<ExpectedTensors> {
  if (golden.file == null) return {};
  const { tensors } = await readSafetensors(path.join(directory, golden.file));
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => {
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) throw new Error(`${golden.file}: ${name} holds 64-bit integers`);
      return [name, { data }];
    }),
  );
}

async function runCase(golden: GoldenCase, context: CaseContext): Promise<CaseResult> {
  const run = findRunner(golden);
  if (run === undefined) return { id: golden.id, status: 'not covered', compared: 0 };
  const tensorsBefore = memory().numTensors;
  try {
    const outcome = await run(golden, context);
    const deviations = compareCase(golden, outcome, await readExpected(context.directory, golden));
    const worst = deviations[0];
    const leaked = memory().numTensors - tensorsBefore;
    if (leaked !== 0) return { id: golden.id, status: 'failed', compared: deviations.length, error: `${leaked} tensors were left behind` };
    const verified = outcome.verified ?? 0;
    const passed = worst === undefined ? verified > 0 : worst.ratio <= 1;
    return { id: golden.id, status: passed ? 'passed' : 'failed', worst, compared: deviations.length + verified };
  } catch (error) {
    return { id: golden.id, status: 'failed', compared: 0, error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Runs the cases of a goldens folder one after another.
 *
 * @param filter only cases whose id contains this text
 * @returns the results as they come
 */
export async function* runConformance(context: CaseContext, filter = ''): AsyncGenerator<CaseResult> {
  for (const golden of await readManifest(context.directory)) {
    if (golden.id.includes(filter)) yield await runCase(golden, context);
  }
}
