import { add, cast, mul, neg, softplus, sub, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch, requireSameShape } from './shapes.js';
import { requireTensor } from './tensors.js';

/**
 * Cross entropy of an auxiliary classifier whose classes do not exclude each other (attributes): the mean over
 * classes of t·softplus(−l) + (1 − t)·softplus(l), binary cross entropy with logits. StarGAN (arXiv 1711.09020) sums
 * over attributes: multiply by their number for its scale. Finite at any logits, right to second order.
 *
 * @param logits float32 `[batch, classes]` (or any `[batch, ...]`).
 * @param targets the same shape, each in [0, 1]: 1 where the sample has the attribute, values between for smoothed labels; a tensor
 * of numbers or booleans, or an array of rows. They are constants in spirit; gradient flows to them where it is asked for.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0 for targets in [0, 1].
 * @throws when the shapes differ, or `logits` is not float32 or has no sample.
 */
export function multiLabelLoss<R extends Reduction = 'mean'>(
  logits: Tensor,
  targets: Tensor | readonly (readonly number[])[],
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('multiLabelLoss', 'logits', logits);
  return tidy(() => {
    const wanted = Array.isArray(targets) ? tensor2d(targets as number[][]) : targets;
    requireTensor('multiLabelLoss', 'targets', wanted);
    requireSameShape('multiLabelLoss', ['logits', logits], ['targets', wanted]);
    const t = wanted.dtype === 'float32' ? wanted : cast(wanted, 'float32');
    const values = add(mul(t, softplus(neg(logits))), mul(sub(1, t), softplus(logits)));
    return reduceElements('multiLabelLoss', values, options);
  });
}
