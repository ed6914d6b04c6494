import { add, cast, mean, mul, neg, reciprocal, softplus, squeeze, sub, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { classWeights, type ClassLabels, type LabelKind } from './internal/labels.js';
import { logSumExp } from './internal/log-sum-exp.js';
import { requireShare } from './internal/numbers.js';
import { requireBatch, requireSameShape, text } from './internal/shapes.js';
import { requireTensor } from './internal/tensors.js';
import { reduceElements, reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

export type { ClassLabels } from './internal/labels.js';

/** The loss of a sample from log Σ exp(l − own), by the kind of its labels. `total` is the sum of its weights. */
const COMPLETED: Readonly<Record<LabelKind, (crossEntropy: Tensor, total: Tensor, own: Tensor) => Tensor>> = {
  numbers: (crossEntropy) => crossEntropy,
  // 1 / total is 1 where the number is a class, and infinite where it is none.
  unreadNumbers: (crossEntropy, total) => mul(crossEntropy, reciprocal(total)),
  // Weights need not add up to 1: Σ t · log Σ eˡ − Σ t · l.
  weights: (crossEntropy, total, own) => add(mul(crossEntropy, total), mul(sub(total, 1), own)),
};

/** Options of the losses of classification. */
export interface ClassificationOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /**
   * Label smoothing ε in [0, 1], default 0 (Szegedy et al. 2016, arXiv 1512.00567, section 7): the share of each label that is spread
   * evenly, over all classes for {@link classificationLoss}, over yes and no for {@link multiLabelLoss}.
   */
  readonly smoothing?: number | undefined;
}

/** Weights of classes `[batch, classes]` of which a share ε is spread evenly over the classes; their sums stay. */
function smoothed(weights: Tensor, smoothing: number): Tensor {
  if (smoothing === 0) return weights;
  return add(mul(weights, 1 - smoothing), mul(mean(weights, 1, true), smoothing));
}

/**
 * Softmax cross entropy of an auxiliary classifier: log Σₖ exp(lₖ) − l_y, −log of the probability of the sample's own class. Real
 * images train the classifier with it, generated ones the generator (Odena, Olah and Shlens 2017, AC-GAN, arXiv 1610.09585;
 * StarGAN, arXiv 1711.09020, equations (2) and (3)). It is finite at any logits and right to second order.
 *
 * Labels that are weights give Σ weight · −log p, the cross entropy with soft targets. With `smoothing` ε, one-hot labels become
 * `(1 − ε) · one-hot + ε / classes`. Numbers in a tensor are not read back: one that is no class makes the loss of its sample infinite or NaN.
 *
 * @param logits float32 `[batch, classes]`.
 * @param labels one whole number from 0 to classes − 1 per sample, as an array or an int32 tensor `[batch]` or `[batch, 1]`; or one
 * weight per class, `[batch, classes]`, one-hot or soft. They are constants: no gradient flows to them.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 `[batch, classes]` or has no sample, the labels do not fit, or `smoothing` is not in
 * [0, 1].
 */
export function classificationLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  labels: ClassLabels,
  { smoothing = 0, ...options }: ClassificationOptions<R> = {},
): Reduced<R> {
  requireShare('classificationLoss', 'smoothing', smoothing);
  requireBatch('classificationLoss', 'logits', logits);
  if (logits.rank !== 2) throw new Error(`classificationLoss: logits must be [batch, classes], got shape ${text(logits.shape)}`);
  const [batch = 1, classes = 1] = logits.shape;
  return tidy(() => {
    const { kind, weights: given } = classWeights('classificationLoss', labels, batch, classes);
    const weights = smoothed(given, smoothing);
    const own = sum(mul(logits, weights), 1, true);
    // The differences to the own logit first: two large numbers would leave no digits of a small loss.
    const crossEntropy = logSumExp(sub(logits, own));
    return reduceSamples('classificationLoss', COMPLETED[kind](crossEntropy, sum(weights, 1), squeeze(own, [1])), options);
  });
}

/**
 * Cross entropy of an auxiliary classifier whose classes do not exclude each other (attributes): the mean over classes of
 * t·softplus(−l) + (1 − t)·softplus(l), binary cross entropy with logits. StarGAN (arXiv 1711.09020) sums over attributes: multiply
 * by their number for its scale. It is finite at any logits and right to second order.
 *
 * @param logits float32 `[batch, classes]` (or any `[batch, ...]`).
 * @param targets the same shape, each in [0, 1]: 1 where the sample has the attribute, values between for smoothed labels; a tensor
 * of numbers or booleans, or an array of rows. Gradient flows to a tensor of targets where it is asked for. With
 * `smoothing` ε they become (1 − ε)·t + ε/2.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0 for targets in [0, 1].
 * @throws when the shapes differ, `logits` is not float32 or has no sample, or `smoothing` is not in [0, 1].
 */
export function multiLabelLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  targets: Tensor | readonly (readonly number[])[],
  { smoothing = 0, ...options }: ClassificationOptions<R> = {},
): Reduced<R> {
  requireShare('multiLabelLoss', 'smoothing', smoothing);
  requireBatch('multiLabelLoss', 'logits', logits);
  return tidy(() => {
    const wanted = Array.isArray(targets) ? tensor2d(targets as number[][]) : targets;
    requireTensor('multiLabelLoss', 'targets', wanted);
    requireSameShape('multiLabelLoss', ['logits', logits], ['targets', wanted]);
    const hard = wanted.dtype === 'float32' ? wanted : cast(wanted, 'float32');
    const t = smoothing === 0 ? hard : add(mul(hard, 1 - smoothing), smoothing / 2);
    const values = add(mul(t, softplus(neg(logits))), mul(sub(1, t), softplus(logits)));
    return reduceElements('multiLabelLoss', values, options);
  });
}
