import { mean, reshape, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What becomes of the values of a batch:
 * - `'mean'` (default): their mean, a scalar;
 * - `'sum'`: the sum over the batch of the per-sample values, a scalar;
 * - `'none'`: the per-sample values, `[batch]`.
 *
 * A sample's value is the mean over its elements (a penalty says what else it is), so that
 * `mean = sum / batch` for every loss, and no reduction depends on the image size.
 */
export type Reduction = 'mean' | 'none' | 'sum';

/** Options every loss takes. */
export interface LossOptions {
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/** Reduces per-element values `[batch, ...]`; the shape is a scalar, or `[batch]` for `'none'`. */
export function reduceElements(loss: string, values: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  // One mean over everything: the same number as the mean of the samples' means, with less rounding.
  if (reduction === 'mean') return mean(values);
  const batch = values.shape[0] ?? 1;
  const perSample = values.rank === 1 ? values : mean(reshape(values, [batch, values.size / batch]), 1);
  return reduceSamples(loss, perSample, { reduction });
}

/** Reduces per-sample values `[batch]`. */
export function reduceSamples(loss: string, perSample: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  switch (reduction) {
    case 'mean':
      return mean(perSample);
    case 'sum':
      return sum(perSample);
    case 'none':
      return perSample;
    default:
      throw new Error(`${loss}: reduction must be 'mean', 'sum' or 'none', got ${JSON.stringify(reduction)}`);
  }
}
