import { clone, engine, getBackend, getKernel } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import {
  fuseWhereUnrecorded,
  isRecording,
  operationOf,
  type NamedTensors,
  type Operation,
  type OperationDefinition,
} from '../operation.js';
import type { FusedOperation, SingleOutputOperation } from './fused-operation.js';

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

/**
 * All gradients of an operation by a kernel that makes them in one go, where the backend has one and the gradients will not be
 * differentiated; elsewhere each by itself. Those that are not asked for are freed with the scope that it is called in.
 *
 * @param kernel its outputs are the gradients, in the order of `each`
 * @param each how each gradient is made by itself, of differentiable operations; by the names of the operation's inputs
 */
export function gradientsAtOnce<Inputs extends NamedTensors, Attributes extends object, Name extends string>(
  { kernelName }: FusedOperation<Inputs, Attributes>,
  inputs: Inputs,
  attributes: Attributes,
  each: Record<Name, () => Tensor>,
): Record<Name, () => Tensor> {
  // Null, against the declared type, where there is none.
  if (isRecording() || getKernel(kernelName, getBackend()) == null) return each;
  const gradients: Tensor[] = engine().runKernel(kernelName, inputs, attributes as unknown as NamedAttrMap);
  // Clones share the memory, and the tape disposes of each when it likes.
  return Object.fromEntries(Object.keys(each).map((name, i) => [name, () => clone(gradients[i]!)])) as Record<Name, () => Tensor>;
}
