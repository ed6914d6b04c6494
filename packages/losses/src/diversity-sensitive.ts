import { add, mul, step, sub, tidy } from '@tensorflow/tfjs-core';
import { diversityRatio, type LatentPair } from './diversity-ratio.js';
import { requirePositive } from './numbers.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/** Options of {@link diversitySensitiveLoss}. */
export interface DiversitySensitiveOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** τ > 0, default 10: a ratio above it counts as τ and has no gradient, so that images do not drift apart forever. */
  readonly bound?: number | undefined;
}

/**
 * The diversity term of DSGAN (Yang et al. 2019, arXiv 1901.09024), which the generator *maximises*:
 * min(mean |G(x, z₁) − G(x, z₂)| / mean |z₁ − z₂|, τ). Gradient flows to both images, and to the latents where they
 * have any.
 *
 * @param pair two generated images of each source, and the latent codes that they were made from.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; in [0, τ]; 1e-8 is added to the denominator.
 * @throws when the shapes of a pair or the batch sizes differ, an argument is not float32 or has no sample, or `bound`
 * is not above 0.
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
