import type { Tensor } from '@tensorflow/tfjs-core';
import type { Distance } from './distances.js';
import { meanAbsoluteDifference } from './mean-absolute-difference.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';
import { requireBatch, requireSameShape } from './shapes.js';

/** Options of the reconstruction losses. */
export interface ReconstructionOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** How far the two are apart: L1 by default, the paper's; `l2Loss`, `charbonnierLoss`, or any function like them. */
  readonly distance?: Distance | undefined;
}

/** A distance of two tensors, with the arguments' names for messages. */
export function reconstructionLoss<R extends Reduction = 'mean'>(
  loss: string,
  first: readonly [name: string, tensor: Tensor],
  second: readonly [name: string, tensor: Tensor],
  { distance, ...options }: ReconstructionOptions<R>,
): Reduced<R> {
  if (distance === undefined) return meanAbsoluteDifference(loss, first, second, options);
  requireBatch(loss, ...first);
  requireBatch(loss, ...second);
  requireSameShape(loss, first, second);
  return distance(first[1], second[1], options) as Reduced<R>;
}
