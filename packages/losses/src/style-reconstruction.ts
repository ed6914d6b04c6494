import type { Tensor } from '@tensorflow/tfjs-core';
import { reconstructionLoss, type ReconstructionOptions } from './reconstruction.js';
import type { Reduced, Reduction } from './reduction.js';

/**
 * Style reconstruction, equation (2): mean |s̃ − E_ỹ(G(x, s̃))|. Gradient flows to both arguments, as in the
 * reference implementation, so a mapping network that made s̃ is trained by it as well.
 *
 * @param style float32 `[batch, styleDim]`, the style the generator was given.
 * @param reconstructedStyle float32 `[batch, styleDim]`, the style encoded from the generated image.
 * @returns a scalar, or `[batch]` (mean over styleDim) with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function styleReconstructionLoss<R extends Reduction = 'mean'>(
  style: Tensor,
  reconstructedStyle: Tensor,
  options: ReconstructionOptions<R> = {},
): Reduced<R> {
  return reconstructionLoss('styleReconstructionLoss', ['style', style], ['reconstructedStyle', reconstructedStyle], options);
}
