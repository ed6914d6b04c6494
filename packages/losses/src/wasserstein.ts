import { neg, square, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch } from './shapes.js';

// The Wasserstein GAN losses, Arjovsky, Chintala and Bottou 2017 (arXiv 1701.07875), equation (2): the critic maximises
// E[D(x)] − E[D(G(z))] among 1-Lipschitz functions, which a gradient penalty holds it to.

/**
 * What a critic pays for real images: −l.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one value per patch); a sample's loss is the mean
 * over its values.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `logits` is not float32 or has no sample.
 */
export function realWassersteinLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('realWassersteinLoss', 'logits', logits);
  return tidy(() => reduceElements('realWassersteinLoss', neg(logits), options));
}

/**
 * What a critic pays for generated images: l.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `logits` is not float32 or has no sample.
 */
export function fakeWassersteinLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('fakeWassersteinLoss', 'logits', logits);
  return tidy(() => reduceElements('fakeWassersteinLoss', logits.clone(), options));
}

/**
 * What a generator pays: −l.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, the critic's values for generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function generatorWassersteinLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('generatorWassersteinLoss', 'fakeLogits', fakeLogits);
  return tidy(() => reduceElements('generatorWassersteinLoss', neg(fakeLogits), options));
}

/**
 * l², which keeps the values of a Wasserstein critic from drifting: its loss leaves a constant free. Weighed with
 * 0.001 on real images in Karras et al. 2018 (arXiv 1710.10196), appendix A.1.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function driftPenalty<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('driftPenalty', 'logits', logits);
  return tidy(() => reduceElements('driftPenalty', square(logits), options));
}
