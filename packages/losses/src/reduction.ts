import { mean, mul, reshape, sum } from '@tensorflow/tfjs-core';
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
  /**
   * One factor per sample, float32 `[batch]`: the value of each sample is multiplied by its own before the reduction, so that `'mean'`
   * divides by the batch and not by the sum of the weights, and `mean = sum / batch` still holds. Default all 1.
   */
  readonly sampleWeights?: Tensor | undefined;
}

/** The result of a reduction: `[batch]` for `'none'`, otherwise a scalar, which `tf.variableGrads` and `minimize` take as it is. */
export type Reduced<R extends Reduction> = R extends 'none' ? Tensor1D : Scalar;

/** Reduces per-element values `[batch, ...]` to a scalar, or to `[batch]` with `'none'`. */
export function reduceElements<R extends Reduction>(loss: string, values: Tensor, options: LossOptions<R>): Reduced<R> {
  const reduction: Reduction = options.reduction ?? 'mean';
  // One mean over everything: the same number as the mean of the samples' means, with less rounding.
  if (reduction === 'mean' && options.sampleWeights === undefined) return mean<Reduced<R>>(values);
  const batch = values.shape[0] ?? 1;
  const perSample = values.rank === 1 ? values : mean(reshape(values, [batch, values.size / batch]), 1);
  return reduceSamples(loss, perSample, options);
}

/** Reduces per-sample values `[batch]` to a scalar; with `'none'` they stay as they are, but for their weights. */
export function reduceSamples<R extends Reduction>(loss: string, perSample: Tensor, options: LossOptions<R>): Reduced<R> {
  const reduction: Reduction = options.reduction ?? 'mean';
  const weighted = weigh(loss, perSample, options.sampleWeights);
  switch (reduction) {
    case 'mean':
      return mean<Reduced<R>>(weighted);
    case 'sum':
      return sum<Reduced<R>>(weighted);
    case 'none':
      return weighted as Reduced<R>;
    default:
      throw new Error(`${loss}: reduction must be 'mean', 'sum' or 'none', got ${JSON.stringify(reduction)}`);
  }
}

/** Values `[batch]`, each multiplied by its weight where there are weights. */
function weigh(loss: string, perSample: Tensor, weights: Tensor | undefined): Tensor {
  if (weights === undefined) return perSample;
  const { dtype, shape } = weights as Partial<Tensor>;
  if (dtype !== 'float32' || shape?.length !== 1 || shape[0] !== perSample.size) {
    const got = shape === undefined ? 'no tensor' : `${dtype} [${shape.join(', ')}]`;
    throw new Error(`${loss}: sampleWeights must be a float32 tensor [${perSample.size}], one number per sample, got ${got}`);
  }
  return mul(perSample, weights);
}
