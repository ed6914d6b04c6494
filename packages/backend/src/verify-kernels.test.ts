import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fusedOperations, type FusedOperation } from '@stargan/ops/fused';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { seededRandom, verifyKernel } from './verify-kernels.js';

const byName = fusedOperations.map((operation) => [operation.kernelName, operation] as const);

/** The smaller samples: as many as there are kinds of resampling, where there are several. */
const samplesOf = (operation: FusedOperation) => operation.samples(seededRandom()).slice(0, 3);

test.each(byName)(
  '%s is named in the file that its descriptor says, and its shapes are those of the composed operation',
  (name, operation) => {
    const file = fileURLToPath(new URL(`../native/${operation.nativeSource}`, import.meta.url));
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(`"${name}"`);
    tf.tidy(() => {
      for (const { inputs, attributes } of samplesOf(operation)) {
        const shapes = Object.fromEntries(Object.entries(inputs).map(([input, { shape }]) => [input, shape]));
        const composed = [operation.composed(inputs, attributes)].flat();
        expect(operation.outputShapes(shapes, attributes)).toEqual(composed.map(({ shape }) => shape));
      }
    });
  },
);

test.each(byName)('%s passes when it is right, and is named when one value of its last output is not', (name, operation) => {
  tf.tidy(() => {
    const samples = samplesOf(operation);
    /** What is right, but for `spoil`. */
    const verify = (spoil: (right: tf.Tensor, output: number, outputs: number) => tf.Tensor): void => {
      const run = (_: FusedOperation, inputs: Record<string, tf.Tensor>, attributes: Record<string, number>): tf.Tensor[] =>
        [operation.composed(inputs, attributes)].flat().map((right, output, { length }) => spoil(right, output, length));
      verifyKernel(operation, run, samples);
    };
    verify((right) => right);
    const off = (right: tf.Tensor, output: number, outputs: number): tf.Tensor => {
      if (output < outputs - 1) return right;
      const values = right.dataSync().slice();
      values[values.length - 1] = (values.at(-1) ?? 0) + 0.01 * Math.max(...values.map(Math.abs));
      return tf.tensor(values, right.shape);
    };
    expect(() => {
      verify(off);
    }).toThrow(new RegExp(`^${name} .*where .* is right$`));
    expect(() => {
      verify((right) => tf.fill(right.shape, NaN));
    }).toThrow('gave NaN');
    expect(() => {
      verify((right) => tf.reshape(right, [-1, 1]));
    }).toThrow('gave the shape');
  });
});
