import { mul, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { requireFinite } from './numbers.js';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch } from './shapes.js';

// The least squares GAN losses, Mao et al. 2017 (arXiv 1611.04076), equation (2), with its halves: ½(l − target)².
// The targets are a (generated), b (real) and c (what the generator wants) of the paper; 0, 1, 1 by default, its (9).

/** Options of the least squares losses. */
export interface LeastSquaresOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** What the logit should be; each loss says its default. */
  readonly target?: number | undefined;
}

function halfSquaredDistance<R extends Reduction>(
  loss: string,
  argument: string,
  logits: Tensor,
  target: number,
  options: LossOptions<R>,
): Reduced<R> {
  requireBatch(loss, argument, logits);
  requireFinite(loss, 'target', target);
  return tidy(() => reduceElements(loss, mul(square(sub(logits, target)), 0.5), options));
}

/**
 * What a discriminator pays for real images: ½(l − target)², target 1 by default (b of the paper).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one logit per patch); a sample's loss is the mean
 * over its logits.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample, or `target` is not finite.
 */
export function realLeastSquaresLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  { target = 1, ...options }: LeastSquaresOptions<R> = {},
): Reduced<R> {
  return halfSquaredDistance('realLeastSquaresLoss', 'logits', logits, target, options);
}

/**
 * What a discriminator pays for generated images: ½(l − target)², target 0 by default (a of the paper).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample, or `target` is not finite.
 */
export function fakeLeastSquaresLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  { target = 0, ...options }: LeastSquaresOptions<R> = {},
): Reduced<R> {
  return halfSquaredDistance('fakeLeastSquaresLoss', 'logits', logits, target, options);
}

/**
 * What a generator pays: ½(l − target)², target 1 by default (c of the paper).
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `fakeLogits` is not float32 or has no sample, or `target` is not finite.
 */
export function generatorLeastSquaresLoss<R extends Reduction = 'mean'>(
  fakeLogits: Tensor,
  { target = 1, ...options }: LeastSquaresOptions<R> = {},
): Reduced<R> {
  return halfSquaredDistance('generatorLeastSquaresLoss', 'fakeLogits', fakeLogits, target, options);
}
