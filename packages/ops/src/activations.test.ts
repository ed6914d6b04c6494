import { mul, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { leakyRelu, sigmoid, softplus, tanh, valueAndGradients } from './index.js';
import { arrayOf } from './testing/arbitraries.js';
import { availableBackends, useBackend } from './testing/backends.js';
import { relativeError, toArray, toTensor } from './testing/tensors.js';

const values = (x: Tensor): number[] => [...x.dataSync<'float32'>()];

function slopes(f: (x: Tensor) => Tensor, at: number[]): number[] {
  const x = tensor1d(at);
  return values(valueAndGradients(({ x }) => sum<Scalar>(f(x)), { x }).gradients.x);
}

describe.each(availableBackends())('on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  test('leakyRelu is positively homogeneous', () => {
    const drawn = fc.record({ x: arrayOf([6]), factor: fc.integer({ min: 0, max: 9 }), slope: fc.constantFrom(0, 0.01, 0.2, 0.9) });
    fc.assert(
      fc.property(drawn, ({ x, factor, slope }) => {
        tidy(() => {
          const scaledFirst = toArray(leakyRelu(mul(toTensor(x), factor), slope));
          const scaledLast = toArray(mul(leakyRelu(toTensor(x), slope), factor));
          expect(relativeError(scaledFirst, scaledLast)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('the derivative of leakyRelu at 0 is the slope', () => {
    expect(slopes((x) => leakyRelu(x, 0.25), [-1, 0, 1])).toEqual([0.25, 0.25, 1]);
  });

  test('sigmoid, tanh and softplus stay finite and saturate far from 0', () => {
    const far = [-200, 200];
    expect(values(sigmoid(tensor1d(far)))).toEqual([0, 1]);
    expect(values(tanh(tensor1d(far)))).toEqual([-1, 1]);
    expect(values(softplus(tensor1d(far)))).toEqual([0, 200]);
    expect(slopes(sigmoid, far)).toEqual([0, 0]);
    expect(slopes(tanh, far)).toEqual([0, 0]);
    expect(slopes(softplus, far)).toEqual([0, 1]);
  });
});
