import { add, neg, softplus, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch, requireSameShape } from './shapes.js';

// The logistic ("vanilla") GAN losses, Goodfellow et al. 2014, on logits; equation (1) of StarGAN v2 for the logits
// of the sample's own domain. softplus(l) = log(1 + eˡ) is binary cross entropy with logits against a target of 0,
// softplus(−l) the same against 1; neither overflows, and both are exact where they are linear.

/**
 * What a discriminator pays for real images: softplus(−l), the binary cross entropy against 1.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one logit per patch); a sample's loss is the mean
 * over its logits.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function realLogisticLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('realLogisticLoss', 'logits', logits);
  return tidy(() => reduceElements('realLogisticLoss', softplus(neg(logits)), options));
}

/**
 * What a discriminator pays for generated images: softplus(l), the binary cross entropy against 0.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function fakeLogisticLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('fakeLogisticLoss', 'logits', logits);
  return tidy(() => reduceElements('fakeLogisticLoss', softplus(logits), options));
}

/**
 * Both parts of the discriminator's adversarial loss: softplus(−l_real) + softplus(l_fake), −L_adv of equation (1).
 *
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @param fakeLogits the same; its batch may differ unless `reduction` is `'none'`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when logits are not float32, have no sample, or differ in shape with `reduction: 'none'`.
 */
export function discriminatorAdversarialLoss<R extends Reduction = 'mean'>(
  realLogits: Tensor,
  fakeLogits: Tensor,
  options: LossOptions<R> = {},
): Reduced<R> {
  if (options.reduction === 'none') {
    requireSameShape('discriminatorAdversarialLoss', ['realLogits', realLogits], ['fakeLogits', fakeLogits]);
  }
  return tidy(() => add<Reduced<R>>(realLogisticLoss(realLogits, options), fakeLogisticLoss(fakeLogits, options)));
}

/**
 * What a generator pays: softplus(−l), the non-saturating form (Goodfellow et al. 2014, section 3), which the
 * reference implementation of StarGAN v2 trains with. Its gradient stays near −1 where the discriminator wins.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function nonSaturatingLogisticLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('nonSaturatingLogisticLoss', 'fakeLogits', fakeLogits);
  return tidy(() => reduceElements('nonSaturatingLogisticLoss', softplus(neg(fakeLogits)), options));
}

/**
 * The generator's part of equation (1) taken literally: log(1 − σ(l)) = −softplus(l). Its gradient vanishes where
 * the discriminator wins, which is why training uses {@link nonSaturatingLogisticLoss}.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≤ 0.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function saturatingLogisticLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  requireBatch('saturatingLogisticLoss', 'fakeLogits', fakeLogits);
  return tidy(() => reduceElements('saturatingLogisticLoss', neg(softplus(fakeLogits)), options));
}
