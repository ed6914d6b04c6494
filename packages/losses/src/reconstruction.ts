import type { Tensor } from '@tensorflow/tfjs-core';
import type { Distance } from './distances.js';
import { meanAbsoluteDifference } from './internal/mean-absolute-difference.js';
import { requireBatch, requireSameShape } from './internal/shapes.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';

/** Options of the reconstruction losses. */
export interface ReconstructionOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Distance between the two: L1 by default, as in the papers; `l2Loss`, `charbonnierLoss`, or any function like them. */
  readonly distance?: Distance | undefined;
}

/** A distance of two tensors, with the arguments' names for messages. */
function reconstructionLoss<R extends Reduction = 'mean'>(
  loss: string,
  first: readonly [name: string, tensor: Tensor],
  second: readonly [name: string, tensor: Tensor],
  { distance, ...options }: ReconstructionOptions<R>,
): Reduced<R> {
  // Not l1Loss by default: the messages would name its arguments.
  if (distance === undefined) return meanAbsoluteDifference(loss, first, second, options);
  requireBatch(loss, ...first);
  requireBatch(loss, ...second);
  requireSameShape(loss, first, second);
  return distance(first[1], second[1], options) as Reduced<R>;
}

/**
 * Style reconstruction, equation (2) of StarGAN v2: mean |s̃ − E_ỹ(G(x, s̃))|. Gradient flows to both arguments, as in the
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

/**
 * Cycle consistency, equation (4) of StarGAN v2: mean |x − G(G(x, s̃), E_y(x))|, which keeps what the domains share.
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

/**
 * Content reconstruction: mean |c − E(G(c, s))|, which holds a generator to the content code it was given (Huang et al. 2018, MUNIT,
 * arXiv 1804.04732, equation (2)). Gradient flows to both arguments.
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
