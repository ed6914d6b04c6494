import { add, mean, mul, reshape, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gradientNormPenaltyOfGradient, outputsAndInputGradient, r1PenaltyOfGradient, type GradientNormOptions } from './input-gradient.js';
import { requireNonNegative } from './internal/numbers.js';
import { requireBatch, requireSameShape, text } from './internal/shapes.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';

// All of them can be differentiated with respect to whatever the discriminator closes over, and none draws at random: noise and
// positions are arguments, so the same arguments give the same penalty.

/**
 * R1 (Mescheder et al. 2018, arXiv 1801.04406, equation (9)), the regulariser of equation (5) of StarGAN v2: ½·E‖∇ₓD(x)‖² on real
 * images, the norm summed over pixels and channels. It can be differentiated with respect to whatever `discriminator` closes over.
 * Where the logits are needed too, `outputsAndInputGradient` saves the second forward pass.
 *
 * @param discriminator image → logits `[batch]` or `[batch, 1]`, each from its own sample alone; see `outputsAndInputGradient` for the
 * operations to avoid.
 * @param image float32 `[batch, height, width, channels]` (or any `[batch, ...]`), real images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `image` is not float32 or has no sample, or the logits do not depend on it.
 */
export function r1Penalty<R extends Reduction = 'mean'>(
  discriminator: (image: Tensor) => Tensor,
  image: Tensor,
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('r1Penalty', 'image', image);
  return tidy(() => r1PenaltyOfGradient(outputsAndInputGradient(discriminator, image).gradient, options));
}

/**
 * R2 (Mescheder et al. 2018, arXiv 1801.04406, equation (10)), the counterpart of R1: ½·E‖∇ₓD(x)‖² on **generated** images, the norm
 * summed over pixels and channels. From a gradient that is already there it is `r1PenaltyOfGradient` as well.
 *
 * @param discriminator image → logits `[batch]` or `[batch, 1]`, each from its own sample alone; see `outputsAndInputGradient` for the
 * operations to avoid.
 * @param generatedImage float32 `[batch, height, width, channels]` (or any `[batch, ...]`), made without gradient.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `generatedImage` is not float32 or has no sample, or the logits do not depend on it.
 */
export function r2Penalty<R extends Reduction = 'mean'>(
  discriminator: (image: Tensor) => Tensor,
  generatedImage: Tensor,
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('r2Penalty', 'generatedImage', generatedImage);
  return tidy(() => r1PenaltyOfGradient(outputsAndInputGradient(discriminator, generatedImage).gradient, options));
}

/**
 * Points between pairs of real and generated images, one position per pair: ε·x + (1 − ε)·x̃.
 *
 * @param image float32 `[batch, ...]`, real.
 * @param generatedImage the same shape.
 * @param epsilon float32 `[batch]`, drawn uniformly from [0, 1] by the caller.
 * @returns the shape of `image`.
 * @throws when the shapes do not fit, or an argument is not float32 or has no sample.
 */
export function interpolateImages(image: Tensor, generatedImage: Tensor, epsilon: Tensor): Tensor {
  requireBatch('interpolateImages', 'image', image);
  requireBatch('interpolateImages', 'generatedImage', generatedImage);
  requireSameShape('interpolateImages', ['image', image], ['generatedImage', generatedImage]);
  requireBatch('interpolateImages', 'epsilon', epsilon);
  const batch = image.shape[0] ?? 1;
  if (epsilon.rank !== 1 || epsilon.size !== batch) {
    throw new Error(`interpolateImages: epsilon must be [${batch}], one number per sample, got ${text(epsilon.shape)}`);
  }
  return tidy(() => {
    const position = reshape(epsilon, [batch, ...image.shape.slice(1).map(() => 1)]);
    return add(mul(position, image), mul(sub(1, position), generatedImage));
  });
}

/**
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028, equation (3)): E(‖∇D(x̂)‖ − 1)² at x̂ between real and
 * generated images, the norm over pixels and channels. The paper weights it with 10. With `oneSided` it is that of WGAN-LP (Petzka et
 * al. 2018, arXiv 1709.08894). It can be differentiated with respect to whatever `critic` closes over.
 *
 * @param critic image → values `[batch]` or `[batch, 1]`, each from its own sample alone; see `outputsAndInputGradient` for the
 * operations to avoid.
 * @param image float32 `[batch, height, width, channels]` (or any `[batch, ...]`), real.
 * @param generatedImage the same shape, made without gradient.
 * @param epsilon float32 `[batch]`, drawn uniformly from [0, 1] by the caller.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes do not fit, an argument is not float32 or has no sample, `target` is negative or not finite, or the critic's
 * values do not depend on its input.
 */
export function wganGpPenalty<R extends Reduction = 'mean'>(
  critic: (image: Tensor) => Tensor,
  image: Tensor,
  generatedImage: Tensor,
  epsilon: Tensor,
  options: GradientNormOptions<R> = {},
): Reduced<R> {
  return tidy(() => {
    const between = interpolateImages(image, generatedImage, epsilon);
    return gradientNormPenaltyOfGradient(outputsAndInputGradient(critic, between).gradient, options);
  });
}

/**
 * The noise of DRAGAN as its authors' code has it: scale · σ · u, σ being the standard deviation of all values of the batch.
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
 * The penalty of DRAGAN (Kodali et al. 2017, arXiv 1705.07215): E(‖∇D(x + δ)‖ − target)² around real images x, the norm over pixels
 * and channels. The paper weights it with 10 and has target 1. It can be differentiated with respect to whatever `discriminator`
 * closes over.
 *
 * @param discriminator image → logits `[batch]` or `[batch, 1]`, each from its own sample alone; see `outputsAndInputGradient` for the
 * operations to avoid.
 * @param image float32 `[batch, height, width, channels]` (or any `[batch, ...]`), real.
 * @param noise the same shape, δ: from {@link draganNoise}, or normal noise of the paper's N(0, c·I).
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, an argument is not float32 or has no sample, `target` is negative or not finite, or the logits do not
 * depend on the input.
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
