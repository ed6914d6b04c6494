import type { Tensor } from '@tensorflow/tfjs-core';
import type { Distance } from './distances.js';
import { meanAbsoluteDifference } from './mean-absolute-difference.js';
import type { LossOptions } from './reduction.js';
import { requireBatch, requireSameShape } from './shapes.js';

/** Options of the reconstruction losses. */
export interface ReconstructionOptions extends LossOptions {
  /** How far the two are apart: L1 by default, the paper's; `l2Loss`, `charbonnierLoss`, or any function like them. */
  readonly distance?: Distance;
}

/** A distance of two tensors, with the arguments' names for messages. */
export function reconstructionLoss(
  loss: string,
  first: readonly [name: string, tensor: Tensor],
  second: readonly [name: string, tensor: Tensor],
  { distance, ...options }: ReconstructionOptions,
): Tensor {
  if (distance === undefined) return meanAbsoluteDifference(loss, first, second, options);
  requireBatch(loss, ...first);
  requireBatch(loss, ...second);
  requireSameShape(loss, first, second);
  return distance(first[1], second[1], options);
}
