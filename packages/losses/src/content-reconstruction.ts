import type { Tensor } from '@tensorflow/tfjs-core';
import { reconstructionLoss, type ReconstructionOptions } from './reconstruction.js';
import type { Reduced, Reduction } from './reduction.js';

/**
 * Content reconstruction: mean |c − E(G(c, s))|, which holds a generator to the content code it was given (Huang et al.
 * 2018, MUNIT, arXiv 1804.04732, equation (2)). Gradient flows to both arguments.
 *
 * @param content float32 `[batch, ...]`, the code the generator was given.
 * @param reconstructedContent the same shape, the code encoded from the generated image.
 * @returns a scalar, or `[batch]` (mean over elements) with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function contentReconstructionLoss<R extends Reduction = 'mean'>(
  content: Tensor,
  reconstructedContent: Tensor,
  options: ReconstructionOptions<R> = {},
): Reduced<R> {
  return reconstructionLoss('contentReconstructionLoss', ['content', content], ['reconstructedContent', reconstructedContent], options);
}
