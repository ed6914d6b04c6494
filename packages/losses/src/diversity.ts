import { add, div, mean, mul, reciprocal, reshape, step, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { absolute } from './internal/absolute.js';
import { meanAbsoluteDifference } from './internal/mean-absolute-difference.js';
import { requirePositive } from './internal/numbers.js';
import { requireBatch, requireSameBatch, requireSameShape } from './internal/shapes.js';
import { stopGradient } from './internal/stop-gradient.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/** Options of {@link diversityLoss}. */
export interface DiversityOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /**
   * Which image carries gradient: `'first'` (default, as the reference implementation trains; the backward pass of the second
   * image is not run at all) or `'both'`, equation (3) taken literally.
   */
  readonly gradientThrough?: 'both' | 'first' | undefined;
}

/**
 * Style diversification, equation (3) of StarGAN v2: mean |G(x, s̃₁) − G(x, s̃₂)|, which the generator *maximises*;
 * `generatorObjective` subtracts it.
 *
 * @param image float32 `[batch, height, width, channels]`, G(x, s̃₁).
 * @param otherImage the same shape, G(x, s̃₂): the same source with another style of the same domain.
 * @returns a scalar, or `[batch]` (mean over pixels and channels) with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function diversityLoss<R extends Reduction = 'mean'>(
  image: Tensor,
  otherImage: Tensor,
  options: DiversityOptions<R> = {},
): Reduced<R> {
  const { gradientThrough = 'first' } = options;
  return tidy(() => {
    const other = gradientThrough === 'both' ? otherImage : stopGradient(otherImage);
    return meanAbsoluteDifference('diversityLoss', ['image', image], ['otherImage', other], options);
  });
}

/** Two images of one source, and the two latents (or styles) that they were made with. */
export interface LatentPair {
  /** float32 `[batch, height, width, channels]` (or any `[batch, ...]`), G(x, z₁). */
  readonly image: Tensor;
  /** The same shape, G(x, z₂). */
  readonly otherImage: Tensor;
  /** float32 `[batch, ...]`, z₁. */
  readonly latent: Tensor;
  /** The same shape, z₂. */
  readonly otherLatent: Tensor;
}

// Far below the distance of two draws, and keeps a pair of equal latents finite.
const SMALLEST_DISTANCE = 1e-8;

/** mean |a − b| of every sample. */
function distance(a: Tensor, b: Tensor): Tensor {
  const batch = a.shape[0] ?? 1;
  return mean(reshape(absolute(sub(a, b)), [batch, a.size / batch]), 1);
}

/**
 * The distance of two images relative to that of their latents: mean |G(x, z₁) − G(x, z₂)| / mean |z₁ − z₂|, `[batch]`. MSGAN and
 * DSGAN both have this quotient; means and norms differ by a constant factor only.
 */
function diversityRatio(loss: string, { image, otherImage, latent, otherLatent }: LatentPair): Tensor {
  for (const [name, tensor] of Object.entries({ image, otherImage, latent, otherLatent })) requireBatch(loss, name, tensor);
  requireSameShape(loss, ['image', image], ['otherImage', otherImage]);
  requireSameShape(loss, ['latent', latent], ['otherLatent', otherLatent]);
  requireSameBatch(loss, ['image', image], ['latent', latent]);
  return tidy(() => div(distance(image, otherImage), add(distance(latent, otherLatent), SMALLEST_DISTANCE)));
}

/**
 * The mode seeking ratio of MSGAN (Mao et al. 2019, arXiv 1903.05628, equation (1)), which the generator *maximises*:
 * mean |G(x, z₁) − G(x, z₂)| / mean |z₁ − z₂|. Gradient flows to both images, and to the latents where they have any.
 *
 * @param pair two generated images of each source, and the latent codes that they were made from.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0. 1e-8 is added to the denominator.
 * @throws when the shapes of a pair or the batch sizes differ, or an argument is not float32 or has no sample.
 */
export function modeSeekingRatio<R extends Reduction = 'mean'>(pair: LatentPair, options: LossOptions<R> = {}): Reduced<R> {
  return tidy(() => reduceSamples('modeSeekingRatio', diversityRatio('modeSeekingRatio', pair), options));
}

/** Options of {@link modeSeekingLoss}. */
export interface ModeSeekingOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Bounds the loss by 1 / epsilon; > 0, default 1e-5. */
  readonly epsilon?: number | undefined;
}

/**
 * The form in which MSGAN's code minimises the mode seeking ratio: 1 / (ratio + ε), with {@link modeSeekingRatio}'s ratio of each
 * sample (the code has that of the batch, which is the same for a batch of one).
 *
 * @param pair two generated images of each source, and the latent codes that they were made from.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; in (0, 1 / ε].
 * @throws as {@link modeSeekingRatio}, or when `epsilon` is not above 0.
 */
export function modeSeekingLoss<R extends Reduction = 'mean'>(
  pair: LatentPair,
  { epsilon = 1e-5, ...options }: ModeSeekingOptions<R> = {},
): Reduced<R> {
  requirePositive('modeSeekingLoss', 'epsilon', epsilon);
  return tidy(() => reduceSamples('modeSeekingLoss', reciprocal(add(diversityRatio('modeSeekingLoss', pair), epsilon)), options));
}

/** Options of {@link diversitySensitiveLoss}. */
export interface DiversitySensitiveOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** τ > 0, default 10: a ratio above it counts as τ and has no gradient, so that images do not drift apart forever. */
  readonly bound?: number | undefined;
}

/**
 * The diversity term of DSGAN (Yang et al. 2019, arXiv 1901.09024), which the generator *maximises*:
 * min(mean |G(x, z₁) − G(x, z₂)| / mean |z₁ − z₂|, τ). Gradient flows to both images, and to the latents where they have any.
 *
 * @param pair two generated images of each source, and the latent codes that they were made from.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; in [0, τ]. 1e-8 is added to the denominator.
 * @throws when the shapes of a pair or the batch sizes differ, an argument is not float32 or has no sample, or `bound` is not
 * above 0.
 */
export function diversitySensitiveLoss<R extends Reduction = 'mean'>(
  pair: LatentPair,
  { bound = 10, ...options }: DiversitySensitiveOptions<R> = {},
): Reduced<R> {
  requirePositive('diversitySensitiveLoss', 'bound', bound);
  return tidy(() => {
    const ratio = diversityRatio('diversitySensitiveLoss', pair);
    // min(ratio, τ), written so that it can be differentiated twice: tf.minimum cannot.
    const isBelow = step(sub(bound, ratio));
    const bounded = add(mul(ratio, isBelow), mul(sub(1, isBelow), bound));
    return reduceSamples('diversitySensitiveLoss', bounded, options);
  });
}
