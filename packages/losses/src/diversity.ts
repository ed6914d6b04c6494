import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { meanAbsoluteDifference } from './mean-absolute-difference.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';
import { stopGradient } from './stop-gradient.js';

/** Options of {@link diversityLoss}. */
export interface DiversityOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /**
   * Which image carries gradient: `'first'` (default, as the reference implementation trains; the second image's
   * backward pass is not run at all) or `'both'`, equation (3) taken literally.
   */
  readonly gradientThrough?: 'both' | 'first' | undefined;
}

/**
 * Style diversification, equation (3): mean |G(x, s̃₁) − G(x, s̃₂)|, which the generator *maximises*;
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
  return tidy(() =>
    meanAbsoluteDifference(
      'diversityLoss',
      ['image', image],
      ['otherImage', gradientThrough === 'both' ? otherImage : stopGradient(otherImage)],
      options,
    ),
  );
}
