import { memory, mul, square, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defineOperation, valueAndGradients, type Operation } from './index.js';
import { availableBackends, useBackend } from './testing/backends.js';

const asked: string[] = [];
const product: Operation<{ a: Tensor; b: Tensor }, { factor: number }> = defineOperation({
  name: 'TestProduct',
  forward: ({ a, b }, { factor }) => mul(mul(a, b), factor),
  saved: ['a', 'b'],
  gradients: (dy, { a, b }, { factor }) => ({
    a: () => {
      asked.push('a');
      return mul(dy, mul(b, factor));
    },
    b: () => {
      asked.push('b');
      return mul(dy, mul(a, factor));
    },
  }),
});
const passThrough: Operation<{ x: Tensor; slope: Tensor }, object> = defineOperation({
  name: 'TestPassThrough',
  forward: ({ x, slope }) => mul(x, slope),
  saved: ['x', 'slope'],
  // For dy = 1 the gradients are what was saved, handed on as it stands.
  gradients: (_, { x, slope }) => ({ x: () => slope, slope: () => x }),
});

const total = (x: Tensor): Scalar => sum<Scalar>(x);
const values = (x: Tensor): number[] => [...x.dataSync<'float32'>()];

describe.each(availableBackends())('on the %s backend', (backend) => {
  test('an operation runs, with its intermediates disposed', async () => {
    await useBackend(backend);
    const [a, b] = [tensor1d([1, 2]), tensor1d([3, 4])];
    const before = memory().numTensors;
    const result = product({ a, b }, { factor: 2 });
    expect(values(result)).toEqual([6, 16]);
    expect(memory().numTensors).toBe(before + 1);
  });

  test('gradients that nobody asks for are not computed', async () => {
    await useBackend(backend);
    const [a, b] = [tensor1d([1, 2]), tensor1d([3, 4])];
    asked.length = 0;
    const { gradients } = valueAndGradients(({ b }) => total(product({ a, b }, { factor: 2 })), { b });
    expect(values(gradients.b)).toEqual([2, 4]);
    expect(asked).toEqual(['b']);
  });

  test('gradients can be differentiated three times', async () => {
    await useBackend(backend);
    const x = tensor1d([1, 2]);
    const cube = (x: Tensor): Scalar => total(product({ a: product({ a: x, b: x }, { factor: 1 }), b: x }, { factor: 1 }));
    const slope =
      (f: (x: Tensor) => Scalar) =>
      (x: Tensor): Scalar =>
        total(valueAndGradients(({ x }) => f(x), { x }).gradients.x);
    const { gradients } = valueAndGradients(({ x }) => slope(slope(cube))(x), { x });
    expect(values(gradients.x)).toEqual([6, 6]);
  });

  test('a gradient function may hand on a saved tensor, added up or returned', async () => {
    await useBackend(backend);
    const [x, slope] = [tensor1d([1, 2]), tensor1d([3, 4])];
    const before = memory().numTensors;
    tidy(() => {
      const { gradients } = valueAndGradients(({ x, slope }) => total(passThrough({ x, slope }, {})), { x, slope });
      expect(values(gradients.x)).toEqual([3, 4]);
      expect(values(gradients.slope)).toEqual([1, 2]);
    });
    tidy(() => {
      const { gradients } = valueAndGradients(({ x }) => total(passThrough({ x, slope: square(x) }, {})), { x });
      expect(values(gradients.x)).toEqual([1 + 2, 4 + 8]);
    });
    expect(memory().numTensors).toBe(before);
  });
});
