import { sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { absolute } from './absolute.js';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from '../reduction.js';
import { requireBatch, requireSameShape } from './shapes.js';

/** Mean |a − b|, which is how the paper's code computes ‖a − b‖₁, with the arguments' names for messages. */
export function meanAbsoluteDifference<R extends Reduction = 'mean'>(
  loss: string,
  first: readonly [name: string, tensor: Tensor],
  second: readonly [name: string, tensor: Tensor],
  options: LossOptions<R>,
): Reduced<R> {
  requireBatch(loss, ...first);
  requireBatch(loss, ...second);
  requireSameShape(loss, first, second);
  return tidy(() => reduceElements(loss, absolute(sub(first[1], second[1])), options));
}
