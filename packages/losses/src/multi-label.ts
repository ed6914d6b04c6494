import { add, mul, neg, softplus, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { reduceElements, type LossOptions } from './reduction.js';
import { requireBatch, requireSameShape } from './shapes.js';

/**
 * Cross entropy of an auxiliary classifier whose classes do not exclude each other (attributes): the mean over
 * classes of t·softplus(−l) + (1 − t)·softplus(l), binary cross entropy with logits. StarGAN (arXiv 1711.09020) sums
 * over attributes: multiply by their number for its scale. Finite at any logits, right to second order.
 *
 * @param logits float32 `[batch, classes]` (or any `[batch, ...]`).
 * @param targets float32, the same shape, each in [0, 1]: 1 where the sample has the attribute, values between for
 * smoothed labels. They are constants in spirit; gradient flows to them where it is asked for.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0 for targets in [0, 1].
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function multiLabelLoss(logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  requireBatch('multiLabelLoss', 'logits', logits);
  requireBatch('multiLabelLoss', 'targets', targets);
  requireSameShape('multiLabelLoss', ['logits', logits], ['targets', targets]);
  return tidy(() => {
    const values = add(mul(targets, softplus(neg(logits))), mul(sub(1, targets), softplus(logits)));
    return reduceElements('multiLabelLoss', values, options);
  });
}
