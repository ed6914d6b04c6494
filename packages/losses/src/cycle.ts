import type { Tensor } from '@tensorflow/tfjs-core';
import { reconstructionLoss, type ReconstructionOptions } from './reconstruction.js';
import type { Reduced, Reduction } from './reduction.js';

/**
 * Cycle consistency, equation (4): mean |x − G(G(x, s̃), E_y(x))|, which keeps what the domains share.
 *
 * @param image float32 `[batch, height, width, channels]`, the source.
 * @param reconstructedImage the same shape, the source translated and back.
 * @returns a scalar, or `[batch]` (mean over pixels and channels) with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function cycleConsistencyLoss<R extends Reduction = 'mean'>(
  image: Tensor,
  reconstructedImage: Tensor,
  options: ReconstructionOptions<R> = {},
): Reduced<R> {
  return reconstructionLoss('cycleConsistencyLoss', ['image', image], ['reconstructedImage', reconstructedImage], options);
}
