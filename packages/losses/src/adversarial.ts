import { add, mul, neg, relu, softplus, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { requireFinite, requireShare } from './internal/numbers.js';
import { requireBatch, requireSameShape } from './internal/shapes.js';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/** Reduces `value` of every logit. The logits' name is the argument's, for messages. */
function perLogit<R extends Reduction>(
  loss: string,
  [argument, logits]: readonly [argument: string, logits: Tensor],
  options: LossOptions<R>,
  value: (logits: Tensor) => Tensor,
): Reduced<R> {
  requireBatch(loss, argument, logits);
  return tidy(() => reduceElements(loss, value(logits), options));
}

// ---- Logistic ("vanilla") losses: Goodfellow et al. 2014 (arXiv 1406.2661); equation (1) of StarGAN v2, for the logits of the
// sample's own domain. softplus(l) = log(1 + eˡ) is the binary cross entropy with logits against a target of 0, softplus(−l) the
// one against 1; neither overflows, and both are exact where they are linear.

/** Options of {@link realLogisticLoss}. */
export interface RealLogisticOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /**
   * The probability of being real that the discriminator shall give a real image, in [0, 1], default 1. Below 1, as 0.9, it is one-sided
   * label smoothing (Salimans et al. 2016, arXiv 1606.03498, section 3.4): the loss has its minimum at a finite logit.
   */
  readonly target?: number | undefined;
}

/**
 * Logistic loss of the discriminator on real images: softplus(−l), the binary cross entropy against 1. With a `target` t it is the
 * cross entropy against that: t·softplus(−l) + (1 − t)·softplus(l).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one logit per patch); the loss of a sample is the mean over its
 * logits.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample, or `target` is not in [0, 1].
 */
export function realLogisticLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  { target = 1, ...options }: RealLogisticOptions<R> = {},
): Reduced<R> {
  requireShare('realLogisticLoss', 'target', target);
  return perLogit('realLogisticLoss', ['logits', logits], options, (l) =>
    target === 1 ? softplus(neg(l)) : add(mul(softplus(neg(l)), target), mul(softplus(l), 1 - target)),
  );
}

/**
 * Logistic loss of the discriminator on generated images: softplus(l), the binary cross entropy against 0.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function fakeLogisticLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('fakeLogisticLoss', ['logits', logits], options, (l) => softplus(l));
}

/**
 * Both parts of the discriminator's logistic loss: softplus(−l_real) + softplus(l_fake), which is −L_adv of equation (1).
 *
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @param fakeLogits the same; the batch sizes may differ unless `reduction` is `'none'`.
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
 * Non-saturating loss of the generator: softplus(−l) (Goodfellow et al. 2014, section 3), which the reference implementation of
 * StarGAN v2 trains with. Its gradient stays near −1 where the discriminator wins.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function nonSaturatingLogisticLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('nonSaturatingLogisticLoss', ['fakeLogits', fakeLogits], options, (l) => softplus(neg(l)));
}

/**
 * Saturating loss of the generator, its part of equation (1) taken literally: log(1 − σ(l)) = −softplus(l). Its gradient vanishes
 * where the discriminator wins, which is why training uses {@link nonSaturatingLogisticLoss}.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≤ 0.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function saturatingLogisticLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('saturatingLogisticLoss', ['fakeLogits', fakeLogits], options, (l) => neg(softplus(l)));
}

// ---- Hinge losses: Lim and Ye 2017 (arXiv 1705.02894), as in SAGAN and BigGAN. A discriminator that is right by a margin of 1
// has no loss and gets no gradient. At the corner itself the derivative is 0, as in PyTorch.

/**
 * Hinge loss of the discriminator on real images: max(0, 1 − l).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one logit per patch); the loss of a sample is the mean over its
 * logits.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function realHingeLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('realHingeLoss', ['logits', logits], options, (l) => relu(sub(1, l)));
}

/**
 * Hinge loss of the discriminator on generated images: max(0, 1 + l).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function fakeHingeLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('fakeHingeLoss', ['logits', logits], options, (l) => relu(add(l, 1)));
}

/**
 * Loss of the generator against a hinge discriminator: −l. It has no hinge itself, so the generator never runs out of gradient.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function generatorHingeLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('generatorHingeLoss', ['fakeLogits', fakeLogits], options, (l) => neg(l));
}

// ---- Least squares losses: Mao et al. 2017 (arXiv 1611.04076), equation (2), with its halves. The targets are the paper's a
// (generated), b (real) and c (for the generator); 0, 1 and 1 by default, its equation (9).

/** Options of the least squares losses. */
export interface LeastSquaresOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** What the logit should be; each loss states its default. */
  readonly target?: number | undefined;
}

function perLogitDistance<R extends Reduction>(
  loss: string,
  logits: readonly [argument: string, logits: Tensor],
  target: number,
  options: LossOptions<R>,
): Reduced<R> {
  requireFinite(loss, 'target', target);
  return perLogit(loss, logits, options, (l) => mul(square(sub(l, target)), 0.5));
}

/**
 * Least squares loss of the discriminator on real images: ½(l − target)², target 1 by default (b of the paper).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one logit per patch); the loss of a sample is the mean over its
 * logits.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample, or `target` is not finite.
 */
export function realLeastSquaresLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  { target = 1, ...options }: LeastSquaresOptions<R> = {},
): Reduced<R> {
  return perLogitDistance('realLeastSquaresLoss', ['logits', logits], target, options);
}

/**
 * Least squares loss of the discriminator on generated images: ½(l − target)², target 0 by default (a of the paper).
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample, or `target` is not finite.
 */
export function fakeLeastSquaresLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  { target = 0, ...options }: LeastSquaresOptions<R> = {},
): Reduced<R> {
  return perLogitDistance('fakeLeastSquaresLoss', ['logits', logits], target, options);
}

/**
 * Least squares loss of the generator: ½(l − target)², target 1 by default (c of the paper).
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, logits of generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `fakeLogits` is not float32 or has no sample, or `target` is not finite.
 */
export function generatorLeastSquaresLoss<R extends Reduction = 'mean'>(
  fakeLogits: Tensor,
  { target = 1, ...options }: LeastSquaresOptions<R> = {},
): Reduced<R> {
  return perLogitDistance('generatorLeastSquaresLoss', ['fakeLogits', fakeLogits], target, options);
}

// ---- Wasserstein losses: Arjovsky, Chintala and Bottou 2017 (arXiv 1701.07875), equation (2). The critic maximises
// E[D(x)] − E[D(G(z))] among 1-Lipschitz functions, which a gradient penalty holds it to.

/**
 * Wasserstein loss of the critic on real images: −l.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one value per patch); the loss of a sample is the mean over its
 * values.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `logits` is not float32 or has no sample.
 */
export function realWassersteinLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('realWassersteinLoss', ['logits', logits], options, (l) => neg(l));
}

/**
 * Wasserstein loss of the critic on generated images: l.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `logits` is not float32 or has no sample.
 */
export function fakeWassersteinLoss<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  // A copy: with `reduction: 'none'` the result would be the caller's own tensor.
  return perLogit('fakeWassersteinLoss', ['logits', logits], options, (l) => l.clone());
}

/**
 * Wasserstein loss of the generator: −l.
 *
 * @param fakeLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, the critic's values for generated images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; any sign.
 * @throws when `fakeLogits` is not float32 or has no sample.
 */
export function generatorWassersteinLoss<R extends Reduction = 'mean'>(fakeLogits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('generatorWassersteinLoss', ['fakeLogits', fakeLogits], options, (l) => neg(l));
}

/**
 * Drift penalty of a Wasserstein critic: l², which keeps its values near 0, for its loss leaves a constant free. Weighted with 0.001
 * on real images in Karras et al. 2018 (arXiv 1710.10196), appendix A.1.
 *
 * @param logits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 or has no sample.
 */
export function driftPenalty<R extends Reduction = 'mean'>(logits: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return perLogit('driftPenalty', ['logits', logits], options, (l) => square(l));
}

// ---- The families by name.

/** A loss of logits `[batch]`, `[batch, 1]` or `[batch, ...]`. */
export type LogitLoss = <R extends Reduction = 'mean'>(logits: Tensor, options?: LossOptions<R>) => Reduced<R>;

/** The losses of one adversarial game, all on logits. */
export interface AdversarialLosses {
  /** Loss of the discriminator or critic on real images. */
  readonly real: LogitLoss;
  /** Loss of the discriminator or critic on generated images. */
  readonly fake: LogitLoss;
  /** Loss of the generator, on the logits of its images. */
  readonly generator: LogitLoss;
}

/** Names of the adversarial families. */
export type AdversarialFamily = 'hinge' | 'leastSquares' | 'nonSaturating' | 'saturating' | 'wasserstein';

/**
 * The adversarial families by name, for a choice made at run time. The table holds all of them; where the family is known when the
 * program is written, import its three functions instead, and a bundler leaves out the others.
 */
export const adversarialFamilies: Readonly<Record<AdversarialFamily, AdversarialLosses>> = {
  hinge: { real: realHingeLoss, fake: fakeHingeLoss, generator: generatorHingeLoss },
  leastSquares: { real: realLeastSquaresLoss, fake: fakeLeastSquaresLoss, generator: generatorLeastSquaresLoss },
  nonSaturating: { real: realLogisticLoss, fake: fakeLogisticLoss, generator: nonSaturatingLogisticLoss },
  saturating: { real: realLogisticLoss, fake: fakeLogisticLoss, generator: saturatingLogisticLoss },
  wasserstein: { real: realWassersteinLoss, fake: fakeWassersteinLoss, generator: generatorWassersteinLoss },
};
