import { add, reciprocal, tidy } from '@tensorflow/tfjs-core';
import { diversityRatio, type LatentPair } from './diversity-ratio.js';
import { requirePositive } from './numbers.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/**
 * The mode seeking ratio of MSGAN (Mao et al. 2019, arXiv 1903.05628, equation (1)), which the generator *maximises*:
 * mean |G(x, z₁) − G(x, z₂)| / mean |z₁ − z₂|. Gradient flows to both images, and to the latents where they have any.
 *
 * @param pair two generated images of each source, and the latent codes that they were made from.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0; 1e-8 is added to the denominator.
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
 * What the generator minimises in MSGAN's code: 1 / (ratio + ε), the ratio being {@link modeSeekingRatio}'s of each
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
