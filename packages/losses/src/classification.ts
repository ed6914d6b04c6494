import { add, mul, reciprocal, squeeze, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { classWeights, type ClassLabels, type LabelKind } from './labels.js';
import { logSumExp } from './log-sum-exp.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch, text } from './shapes.js';

/** A sample's loss from log Σ exp(l − own), by what its labels are. `total` is the sum of its weights. */
const COMPLETED: Readonly<Record<LabelKind, (crossEntropy: Tensor, total: Tensor, own: Tensor) => Tensor>> = {
  numbers: (crossEntropy) => crossEntropy,
  // 1 / total is 1 where the number is a class, and infinite where it is none.
  unreadNumbers: (crossEntropy, total) => mul(crossEntropy, reciprocal(total)),
  // Weights need not add up to 1: Σ t · log Σ eˡ − Σ t · l.
  weights: (crossEntropy, total, own) => add(mul(crossEntropy, total), mul(sub(total, 1), own)),
};

/**
 * Softmax cross entropy of an auxiliary classifier: log Σₖ exp(lₖ) − l_y, −log of the probability of the sample's own
 * class. Real images train the classifier with it, generated ones the generator (Odena, Olah and Shlens 2017, AC-GAN,
 * arXiv 1610.09585; StarGAN, arXiv 1711.09020, equations (2) and (3)). Finite at any logits, right to second order.
 *
 * Labels that are weights give Σ weight · −log p, the cross entropy with soft targets: `(1 − ε) · one-hot + ε / classes` is label
 * smoothing. Numbers in a tensor are not read back: one that is no class makes the sample's loss infinite or NaN.
 *
 * @param logits float32 `[batch, classes]`.
 * Labels that are weights give Σ weight · −log p, the cross entropy with soft targets: `(1 − ε) · one-hot + ε / classes` is label
 * smoothing. Numbers in a tensor are not read back: one that is no class makes the sample's loss infinite.
 *
 * @param labels one whole number from 0 to classes − 1 per sample, as an array or an int32 tensor `[batch]` or `[batch, 1]`; or one
 * weight per class, `[batch, classes]`, one-hot or soft. They are constants: no gradient flows to them.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `logits` is not float32 `[batch, classes]` or has no sample, or the labels do not fit.
 */
export function classificationLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  labels: ClassLabels,
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('classificationLoss', 'logits', logits);
  if (logits.rank !== 2) throw new Error(`classificationLoss: logits must be [batch, classes], got shape ${text(logits.shape)}`);
  const [batch = 1, classes = 1] = logits.shape;
  return tidy(() => {
    const { kind, weights } = classWeights('classificationLoss', labels, batch, classes);
    const own = sum(mul(logits, weights), 1, true);
    // The differences to the own logit first: two large numbers would leave no digits of a small loss.
    const crossEntropy = logSumExp(sub(logits, own));
    return reduceSamples('classificationLoss', COMPLETED[kind](crossEntropy, sum(weights, 1), squeeze(own, [1])), options);
  });
}
