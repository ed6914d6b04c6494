import { add, mean, mul, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gradientNormPenaltyOfGradient, type GradientNormOptions } from './gradient-norm.js';
import { outputsAndInputGradient } from './gradient-penalty.js';
import { requireNonNegative } from './numbers.js';
import { requireBatch, requireSameShape } from './shapes.js';
import type { Reduced, Reduction } from './reduction.js';

/**
 * DRAGAN's noise as its authors' code has it: scale · σ · u, σ being the standard deviation of all values of the batch.
 *
 * @param image float32 `[batch, ...]`, real.
 * @param uniform the same shape, drawn uniformly from [0, 1] (or [−1, 1]) by the caller.
 * @param options `scale` ≥ 0, default 0.5.
 * @returns the shape of `image`.
 * @throws when the shapes differ, an argument is not float32 or has no sample, or `scale` is negative or not finite.
 */
export function draganNoise(image: Tensor, uniform: Tensor, { scale = 0.5 }: { readonly scale?: number | undefined } = {}): Tensor {
  requireBatch('draganNoise', 'image', image);
  requireBatch('draganNoise', 'uniform', uniform);
  requireSameShape('draganNoise', ['image', image], ['uniform', uniform]);
  requireNonNegative('draganNoise', 'scale', scale);
  return tidy(() => {
    const deviation = sqrt(mean(square(sub(image, mean(image)))));
    return mul(uniform, mul(deviation, scale));
  });
}

/**
 * DRAGAN (Kodali et al. 2017, arXiv 1705.07215): E(‖∇D(x + δ)‖ − target)² around real images x, the norm
 * over pixels and channels. The paper weighs it with 10 and has target 1.
 *
 * It can be differentiated with respect to whatever `discriminator` closes over. No randomness is drawn here: the
 * same `noise` gives the same penalty.
 *
 * @param discriminator image → logits `[batch]` or `[batch, 1]`, each sample's from that sample alone; see
 * `outputsAndInputGradient` for the operations to avoid.
 * @param image float32 `[batch, height, width, channels]` (or any `[batch, ...]`), real.
 * @param noise the same shape, δ: {@link draganNoise}'s, or normal noise of the paper's N(0, c·I).
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, an argument is not float32 or has no sample, `target` is negative or not finite, or
 * the logits do not depend on the input.
 */
export function draganPenalty<R extends Reduction = 'mean'>(
  discriminator: (image: Tensor) => Tensor,
  image: Tensor,
  noise: Tensor,
  options: GradientNormOptions<R> = {},
): Reduced<R> {
  requireBatch('draganPenalty', 'image', image);
  requireBatch('draganPenalty', 'noise', noise);
  requireSameShape('draganPenalty', ['image', image], ['noise', noise]);
  return tidy(() => gradientNormPenaltyOfGradient(outputsAndInputGradient(discriminator, add(image, noise)).gradient, options));
}
