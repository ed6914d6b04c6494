import { engine, getBackend, getKernel } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { FusedOperation } from '@stargan/ops/fused';

/**
 * Runs a kernel that computes a whole step on lists of tensors, where the current backend has one: `@stargan/backend`
 * registers them with tfjs-core for native TensorFlow on the CPU.
 *
 * @param operation descriptor of the step
 * @param inputs in the kernel's order, each list of `count` tensors one after another
 * @returns the outputs; undefined where there is no such kernel, or where a recorded gradient would need to see
 *   through it
 */
export function runFusedKernel(
  { kernelName }: Pick<FusedOperation, 'kernelName'>,
  inputs: readonly Tensor[],
  count: number,
): Tensor[] | undefined {
  if (engine().state.gradientDepth > 0) return undefined;
  // Null, against the declared type, where there is none.
  if (getKernel(kernelName, getBackend()) == null) return undefined;
  const outputs: Tensor | Tensor[] = engine().runKernel(kernelName, { ...inputs } as unknown as NamedTensorMap, { count });
  return Array.isArray(outputs) ? outputs : [outputs];
}
