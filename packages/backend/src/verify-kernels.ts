import type { FusedOperation, KernelSample, RandomTensor } from '@stargan/ops/fused';
import * as tf from '@tensorflow/tfjs-core';

/** Runs the kernel of a fused operation. */
export type RunKernel = (
  operation: FusedOperation,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, number>>,
) => tf.Tensor[];

/** Standard normal numbers, the same in every run. */
export function seededRandom(): RandomTensor {
  let seed = 1;
  return (...shape) => tf.randomNormal(shape, 0, 1, 'float32', seed++);
}

/**
 * Compares a kernel with what its operation is composed of.
 *
 * @param samples what it is run on: all of the operation's own by default
 * @throws naming the kernel and the first value that is wrong
 */
export function verifyKernel(
  operation: FusedOperation,
  run: RunKernel,
  samples: readonly KernelSample[] = operation.samples(seededRandom()),
): void {
  tf.tidy(() => {
    for (const { inputs, attributes } of samples) {
      const expected = [operation.composed(inputs, attributes)].flat();
      const actual = run(operation, inputs, attributes);
      const shapes = Object.values(inputs).map(({ shape }) => `[${shape.join()}]`);
      const what = `${operation.kernelName} ${JSON.stringify(attributes)} of ${shapes.join(' ')}`;
      expected.forEach((right, i) => {
        compare(what, actual[i], right, operation.tolerance);
      });
    }
  });
}

/** Errors are relative to the largest value. */
function compare(what: string, actual: tf.Tensor | undefined, right: tf.Tensor, tolerance: number): void {
  if (actual?.shape.join() !== right.shape.join())
    throw new Error(`${what} gave the shape [${actual?.shape.join() ?? 'nothing'}] where [${right.shape.join()}] is right`);
  const [got, wanted] = [actual.dataSync<'float32'>(), right.dataSync<'float32'>()];
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const at = wanted.findIndex((value, i) => !(Math.abs((got[i] ?? NaN) - value) <= tolerance * largest));
  if (at >= 0) throw new Error(`${what} gave ${String(got[at])} where ${String(wanted[at])} is right`);
}
