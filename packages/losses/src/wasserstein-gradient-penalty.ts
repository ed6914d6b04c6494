import { add, mul, reshape, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gradientNormPenaltyOfGradient, type GradientNormOptions } from './gradient-norm.js';
import { outputsAndInputGradient } from './gradient-penalty.js';
import { requireBatch, requireSameShape, text } from './shapes.js';
import type { Reduced, Reduction } from './reduction.js';

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
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028, equation (3)):
 * E(‖∇D(x̂)‖ − 1)² at x̂ between real and generated images, the norm over pixels and channels. The paper weighs it
 * with 10. With `oneSided` it is WGAN-LP's (Petzka et al. 2018, arXiv 1709.08894).
 *
 * It can be differentiated with respect to whatever `critic` closes over. No randomness is drawn here: the same
 * `epsilon` gives the same penalty.
 *
 * @param critic image → values `[batch]` or `[batch, 1]`, each sample's from that sample alone; see
 * `outputsAndInputGradient` for the operations to avoid.
 * @param image float32 `[batch, height, width, channels]` (or any `[batch, ...]`), real.
 * @param generatedImage the same shape, made without gradient.
 * @param epsilon float32 `[batch]`, drawn uniformly from [0, 1].
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes do not fit, an argument is not float32 or has no sample, `target` is negative or not
 * finite, or the critic's values do not depend on its input.
 */
export function wassersteinGradientPenalty<R extends Reduction = 'mean'>(
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
