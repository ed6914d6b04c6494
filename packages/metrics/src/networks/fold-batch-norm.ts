import { add, mul, rsqrt, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';

/** Statistics and affine parameters of a batch normalisation in inference, [channels] each. */
export interface BatchNorm {
  readonly scale: Tensor;
  readonly shift: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
}

/**
 * The convolution with bias that equals a convolution without one followed by batch normalisation in inference:
 * γ (w ∗ x − μ) / √(σ² + ε) + β = (γ / √(σ² + ε) · w) ∗ x + (β − γ μ / √(σ² + ε)).
 *
 * @param filter [height, width, in, channels]
 * @returns new tensors: filter [height, width, in, channels], bias [channels]
 */
export function foldBatchNorm(filter: Tensor, { scale, shift, mean, variance, epsilon }: BatchNorm): { filter: Tensor4D; bias: Tensor1D } {
  return tidy(() => {
    const factor = mul(scale, rsqrt(add(variance, epsilon)));
    return { filter: mul<Tensor4D>(filter, factor), bias: sub<Tensor1D>(shift, mul(mean, factor)) };
  });
}
