import { clone, engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import {
  fuseWhereUnrecorded,
  hasKernel,
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
 * All gradients of an operation by a kernel that makes them in one go. Those that are not asked for are freed with the scope that it is
 * called in.
 *
 * @param kernel makes the gradients
 * @param inputs of the kernel, by name
 * @param attributes of the kernel, by name
 * @param names of the gradients, in the order of the kernel's outputs
 * @param consumed disposed of when the gradients have been made
 * @returns undefined where the backend has no such kernel, or where the gradients may be differentiated: each has to be composed then
 */
export function gradientsAtOnce<Inputs extends NamedTensors, Attributes extends object, Name extends string>(
  { kernelName }: FusedOperation<Inputs, Attributes>,
  inputs: Inputs,
  attributes: Attributes,
  names: readonly Name[],
  consumed: readonly Tensor[] = [],
): Record<Name, () => Tensor> | undefined {
  if (isRecording() || !hasKernel(kernelName)) return undefined;
  const gradients: Tensor[] = engine().runKernel(kernelName, inputs, attributes as unknown as NamedAttrMap);
  for (const tensor of consumed) tensor.dispose();
  // Clones share the memory, and the tape disposes of each when it likes.
  return Object.fromEntries(names.map((name, i) => [name, () => clone(gradients[i]!)])) as Record<Name, () => Tensor>;
}
