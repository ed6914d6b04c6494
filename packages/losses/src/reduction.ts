import { mean, reshape, sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';

/**
 * How the values of a batch are reduced:
 * - `'mean'` (default): their mean, a scalar;
 * - `'sum'`: the sum over the batch of the per-sample values, a scalar;
 * - `'none'`: the per-sample values, `[batch]`.
 *
 * The value of a sample is the mean over its elements, unless the loss says otherwise, so that
 * `mean = sum / batch` for every loss, and no reduction depends on the image size.
 */
export type Reduction = 'mean' | 'none' | 'sum';

/** Options of every loss. The reduction's type `R` decides the type of the result. */
export interface LossOptions<R extends Reduction = Reduction> {
  /** How the batch is reduced; default `'mean'`. */
  readonly reduction?: R | undefined;
}

/** The result of a reduction: `[batch]` for `'none'`, otherwise a scalar, which `tf.variableGrads` and `minimize` take as it is. */
export type Reduced<R extends Reduction> = R extends 'none' ? Tensor1D : Scalar;

/** Reduces per-element values `[batch, ...]` to a scalar, or to `[batch]` with `'none'`. */
export function reduceElements<R extends Reduction>(loss: string, values: Tensor, options: LossOptions<R>): Reduced<R> {
  const reduction: Reduction = options.reduction ?? 'mean';
  // One mean over everything: the same number as the mean of the samples' means, with less rounding.
  if (reduction === 'mean') return mean<Reduced<R>>(values);
  const batch = values.shape[0] ?? 1;
  const perSample = values.rank === 1 ? values : mean(reshape(values, [batch, values.size / batch]), 1);
  return reduceSamples(loss, perSample, options);
}

/** Reduces per-sample values `[batch]` to a scalar; with `'none'` they stay as they are. */
export function reduceSamples<R extends Reduction>(loss: string, perSample: Tensor, options: LossOptions<R>): Reduced<R> {
  const reduction: Reduction = options.reduction ?? 'mean';
  switch (reduction) {
    case 'mean':
      return mean<Reduced<R>>(perSample);
    case 'sum':
      return sum<Reduced<R>>(perSample);
    case 'none':
      return perSample as Reduced<R>;
    default:
      throw new Error(`${loss}: reduction must be 'mean', 'sum' or 'none', got ${JSON.stringify(reduction)}`);
  }
}
