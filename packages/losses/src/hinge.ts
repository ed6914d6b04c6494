import { add, neg, relu, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch } from './shapes.js';

// The hinge GAN losses, Lim and Ye 2017 (arXiv 1705.02894), as in SAGAN and BigGAN. A discriminator that is right by a
// margin of 1 pays nothing and gets no gradient. At the corner itself the derivative is 0, as in PyTorch.

/**
 * What a discriminator pays for real images: max(0, 1 − l).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one logit per patch); a sample's loss is the mean
 * over its logits.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function realHingeLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('realHingeLoss', 'logits', logits);
  return tidy(() => reduceElements('realHingeLoss', relu(sub(1, logits)), options));
}

/**
 * What a discriminator pays for generated images: max(0, 1 + l).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function fakeHingeLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('fakeHingeLoss', 'logits', logits);
  return tidy(() => reduceElements('fakeHingeLoss', relu(add(logits, 1)), options));
}

/**
 * What a generator pays: −l. It has no hinge, so that the generator never runs out of gradient.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function generatorHingeLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('generatorHingeLoss', 'fakeLogits', fakeLogits);
  return tidy(() => reduceElements('generatorHingeLoss', neg(fakeLogits), options));
}
