import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { LossOptions } from '../reduction.js';
import { mean64, sum64, valueOf, valuesOf, worstError } from './numbers.js';

/** Fails unless `none` gives these values, `sum` their sum and `mean` their mean. */
export function expectReductions(loss: (options: LossOptions) => Tensor, perSample: readonly number[], tolerance = 1e-6): void {
  const floor = 1 + Math.max(...perSample.map(Math.abs));
  expect(
    worstError(
      valuesOf(() => loss({ reduction: 'none' })),
      perSample,
    ),
  ).toBeLessThan(tolerance);
  expect(worstError([valueOf(() => loss({ reduction: 'sum' }))], [sum64(perSample)], floor)).toBeLessThan(tolerance);
  expect(worstError([valueOf(() => loss({}))], [mean64(perSample)], floor)).toBeLessThan(tolerance);
}
