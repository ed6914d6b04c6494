import type { Tensor } from '@tensorflow/tfjs-core';
import { fuseWhereUnrecorded, operationOf, type NamedTensors, type Operation, type OperationDefinition } from '../operation.js';
import type { SingleOutputOperation } from './fused-operation.js';

/** What makes a fused operation differentiable: see `OperationDefinition`. */
export type FusedOperationGradients<Inputs extends NamedTensors, Attributes extends object> = Pick<
  OperationDefinition<Inputs, Attributes>,
  'saved' | 'gradients'
>;

/**
 * The operation that a descriptor stands for: the backend's kernel where it has one of this name, and `composed` elsewhere.
 *
 * @param kernel its descriptor
 * @param differentiation what gradients need and are. Left out for operations that are gradients themselves: where a higher
 *   order is wanted these run `composed`, which is differentiable.
 */
export function defineFusedOperation<Inputs extends NamedTensors, Attributes extends object>(
  kernel: SingleOutputOperation<Inputs, Attributes>,
  differentiation?: FusedOperationGradients<Inputs, Attributes>,
): Operation<Inputs, Attributes> {
  const composed = (inputs: Inputs, attributes: Attributes): Tensor => kernel.composed(inputs, attributes);
  if (differentiation === undefined) return fuseWhereUnrecorded(kernel.kernelName, composed);
  return operationOf(kernel.kernelName, { forward: composed, ...differentiation });
}
