import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { fusedKernelNames } from './fused-kernels.js';

type Run = (name: string, attributes: Record<string, number>, inputs: tf.Tensor[], outputs: number) => tf.Tensor[];
interface References {
  readonly kernelReferences: (
    library: typeof tf,
    sizes?: readonly object[],
  ) => Map<string, () => { inputs: tf.Tensor[]; attributes: Record<string, number>; expected: tf.Tensor[] }[]>;
  readonly verifyKernel: (library: typeof tf, name: string, run: Run, references: ReturnType<References['kernelReferences']>) => void;
}

const { kernelReferences, verifyKernel } = (await import(new URL('../bin/kernel-references.js', import.meta.url).href)) as References;

const references = () => kernelReferences(tf, [{ batch: 1, height: 6, width: 6, channels: [32, 32], odd: [5, 7] }]);
const verify = (name: string, run: Run): void => {
  verifyKernel(tf, name, run, references());
};

/** Gives what is right, which was worked out before, but for `spoil`. */
function answers(name: string, spoil: (right: tf.Tensor, output: number) => tf.Tensor): Run {
  const cases = references().get(name)?.() ?? [];
  return () => (cases.shift()?.expected ?? []).map((right, output) => spoil(right, output));
}

test('every kernel has a composed reference', () => {
  expect([...references().keys()].sort()).toEqual([...fusedKernelNames].sort());
});

test.each(fusedKernelNames)('%s passes when it is right, and is named when one value of its last output is not', (name) => {
  tf.tidy(() => {
    verify(
      name,
      answers(name, (right) => right),
    );
    const outputs = references().get(name)?.()[0]?.expected.length ?? 0;
    const off = answers(name, (right, output) => {
      if (output < outputs - 1) return right;
      const values = right.dataSync().slice();
      values[values.length - 1] = (values.at(-1) ?? 0) + 0.01 * Math.max(...values.map(Math.abs));
      return tf.tensor(values, right.shape);
    });
    expect(() => {
      verify(name, off);
    }).toThrow(new RegExp(`^${name} .*where .* is right$`));
    expect(() => {
      verify(
        name,
        answers(name, (right) => tf.fill(right.shape, NaN)),
      );
    }).toThrow('gave NaN');
    expect(() => {
      verify(
        name,
        answers(name, (right) => tf.reshape(right, [-1, 1])),
      );
    }).toThrow('gave the shape');
  });
});
