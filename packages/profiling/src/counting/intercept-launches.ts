import { backend, engine } from '@tensorflow/tfjs-core';
import { fusedOperations, type FusedOperation } from '@stargan/ops/fused';
import { replaceMethod } from '../replace-method.js';
import type { Shape } from '@stargan/ops/fused';
import type { KernelLaunch } from './flops.js';

/** TensorFlow's order of inputs, for the operations whose arithmetic depends on them. */
const nativeInputs: Readonly<Record<string, readonly string[]>> = {
  Conv2D: ['x', 'filter'],
  _FusedConv2D: ['x', 'filter'],
  Conv2DBackpropInput: ['sizes', 'filter', 'dy'],
  Conv2DBackpropFilter: ['x', 'sizes', 'dy'],
  DepthwiseConv2dNative: ['x', 'filter'],
  DepthwiseConv2dNativeBackpropInput: ['sizes', 'filter', 'dy'],
  DepthwiseConv2dNativeBackpropFilter: ['x', 'sizes', 'dy'],
  Conv3D: ['x', 'filter'],
  Conv3DBackpropInputV2: ['sizes', 'filter', 'dy'],
  Conv3DBackpropFilterV2: ['x', 'sizes', 'dy'],
  MatMul: ['a', 'b'],
  BatchMatMul: ['a', 'b'],
  BatchMatMulV2: ['a', 'b'],
  _FusedMatMul: ['a', 'b'],
};

/** Kernels of the engine that only share their input's memory under another name or shape. */
const withoutLaunch: ReadonlySet<string> = new Set(['Identity', 'Reshape']);

/**
 * Told of a launch after it.
 *
 * @param seconds from the call to its return: the kernel's time where launches are synchronous (the processor, native
 *   or not), only the time to queue it on a graphics card
 */
export type LaunchReport = (launch: KernelLaunch, seconds: number) => void;

/**
 * Reports every kernel launch of the current backend until the returned function is called. On a native runtime
 * these are the operations that TensorFlow executes; elsewhere the kernels that the tfjs engine runs, those made of
 * other kernels left out.
 *
 * @param report called after each launch, when its output exists
 * @param fused fused operations, whose inputs are reported by their names
 * @returns restores the backend
 */
export function interceptLaunches(report: LaunchReport, fused: readonly FusedOperation[] = fusedOperations): () => void {
  const current: object = backend();
  const methods = ['executeSingleOutput', 'executeMultipleOutputs'];
  if (!methods.every((name) => typeof Reflect.get(current, name) === 'function')) return interceptEngine(report);
  const roles = {
    ...nativeInputs,
    ...Object.fromEntries(fused.map(({ kernelName, inputs, lists }) => [kernelName, lists === undefined ? inputs : []])),
  };
  const restores = methods.map((name) =>
    replaceMethod(current, name, (original) => (kernel, attributes, inputs, ...rest) => {
      const start = performance.now();
      const outputs = original(kernel, attributes, inputs, ...rest);
      const seconds = (performance.now() - start) / 1e3;
      report(
        nativeLaunch(String(kernel), attributes, { roles: roles[String(kernel)], tensors: inputs as readonly unknown[] }, outputs),
        seconds,
      );
      return outputs;
    }),
  );
  return () => restores.forEach((restore) => restore());
}

function interceptEngine(report: LaunchReport): () => void {
  let launches = 0;
  return replaceMethod(engine(), 'runKernel', (original) => (kernel, inputs, attributes) => {
    const before = launches;
    const start = performance.now();
    const outputs = original(kernel, inputs, attributes);
    const seconds = (performance.now() - start) / 1e3;
    const name = String(kernel);
    if (withoutLaunch.has(name) || launches > before) return outputs;
    launches += 1;
    const named = Object.entries(inputs as object).map(([role, tensor]): [string, Shape] => [role, shapeOf(tensor)]);
    const given = { ...(attributes as object | undefined) };
    report({ kernel: name, inputs: Object.fromEntries(named), output: firstShape(outputs), attributes: given }, seconds);
    return outputs;
  });
}

interface NativeInputs {
  readonly roles: readonly string[] | undefined;
  readonly tensors: readonly unknown[];
}

/** TensorFlow's names of what tensorflow.js calls `transposeA`. */
const TRANSPOSED = ['adj_x', 'transpose_a'];

function nativeLaunch(kernel: string, attributes: unknown, { roles, tensors }: NativeInputs, outputs: unknown): KernelLaunch {
  const inputs = tensors.map((tensor, i): [string, Shape] => [roles?.[i] ?? String(i), shapeOf(tensor)]);
  const values = (attributes as readonly { name: string; value: unknown }[]).map(({ name, value }): [string, unknown] => [
    TRANSPOSED.includes(name) ? 'transposeA' : name,
    value,
  ]);
  return { kernel, inputs: Object.fromEntries(inputs), output: firstShape(outputs), attributes: Object.fromEntries(values) };
}

function shapeOf(tensor: unknown): Shape {
  const shape: unknown = tensor instanceof Object ? Reflect.get(tensor, 'shape') : undefined;
  return Array.isArray(shape) ? (shape as number[]) : [];
}

function firstShape(outputs: unknown): Shape {
  return shapeOf(Array.isArray(outputs) ? outputs[0] : outputs);
}
