import { add, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { meanAbsoluteDifference } from './internal/mean-absolute-difference.js';
import { requirePositive } from './internal/numbers.js';
import { requireBatch, requireSameShape } from './internal/shapes.js';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/** A distance between two tensors `[batch, ...]` of one shape: a scalar, or `[batch]` with `reduction: 'none'`. */
export type Distance = (target: Tensor, reconstruction: Tensor, options?: LossOptions) => Tensor;

function requirePair(loss: string, target: Tensor, reconstruction: Tensor): void {
  requireBatch(loss, 'target', target);
  requireBatch(loss, 'reconstruction', reconstruction);
  requireSameShape(loss, ['target', target], ['reconstruction', reconstruction]);
}

/**
 * L1: mean |a − b|. Its derivative is 0 where a = b, as in PyTorch.
 *
 * @param target float32 `[batch, ...]`.
 * @param reconstruction the same shape.
 * @returns a scalar, or `[batch]` (mean over elements) with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function l1Loss<R extends Reduction = 'mean'>(target: Tensor, reconstruction: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return meanAbsoluteDifference('l1Loss', ['target', target], ['reconstruction', reconstruction], options);
}

/**
 * L2: mean (a − b)².
 *
 * @param target float32 `[batch, ...]`.
 * @param reconstruction the same shape.
 * @returns a scalar, or `[batch]` (mean over elements) with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function l2Loss<R extends Reduction = 'mean'>(target: Tensor, reconstruction: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requirePair('l2Loss', target, reconstruction);
  return tidy(() => reduceElements('l2Loss', square(sub(target, reconstruction)), options));
}

/** Options of {@link charbonnierLoss}. */
export interface CharbonnierOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Where the loss turns from quadratic to linear, > 0, default 1e-3. */
  readonly epsilon?: number | undefined;
}

/**
 * Charbonnier, a smooth L1: mean √((a − b)² + ε²) (Charbonnier et al. 1994; with ε = 1e-3 in Lai et al. 2017, LapSRN, arXiv
 * 1704.03915). Where a = b it is ε, not 0.
 *
 * @param target float32 `[batch, ...]`.
 * @param reconstruction the same shape.
 * @returns a scalar, or `[batch]` (mean over elements) with `reduction: 'none'`; ≥ ε.
 * @throws when the shapes differ, an argument is not float32 or has no sample, or `epsilon` is not above 0.
 */
export function charbonnierLoss<R extends Reduction = 'mean'>(
  target: Tensor,
  reconstruction: Tensor,
  { epsilon = 1e-3, ...options }: CharbonnierOptions<R> = {},
): Reduced<R> {
  requirePair('charbonnierLoss', target, reconstruction);
  requirePositive('charbonnierLoss', 'epsilon', epsilon);
  return tidy(() => reduceElements('charbonnierLoss', sqrt(add(square(sub(target, reconstruction)), epsilon ** 2)), options));
}
