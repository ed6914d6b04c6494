import { add, clone, memory, mul, relu, scalar, square, sum, tensor1d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { stopGradient, valueAndGradients, withoutGradients } from './index.js';
import { useBackend } from './testing/backends.js';

beforeAll(() => useBackend('cpu'));

const total = (x: Tensor): Scalar => sum<Scalar>(x);
const values = (x: Tensor): number[] => [...x.dataSync<'float32'>()];

test('stopGradient gives the same values in the same memory', () => {
  const x = tensor1d([1, 2, 3]);
  const { numTensors, numDataBuffers } = memory();
  const stopped = stopGradient(x);
  expect(values(stopped)).toEqual([1, 2, 3]);
  expect(memory().numTensors).toBe(numTensors + 1);
  expect(memory().numDataBuffers).toBe(numDataBuffers);
  stopped.dispose();
  expect(values(x)).toEqual([1, 2, 3]);
  x.dispose();
});

test('no gradient flows through stopGradient', () => {
  const x = tensor1d([1, 2, 3]);
  const { gradients } = valueAndGradients(({ x }) => total(mul(stopGradient(x), x)), { x });
  expect(values(gradients.x)).toEqual([1, 2, 3]);
});

test('no gradient flows through what withoutGradients computes', () => {
  const x = tensor1d([1, 2, 3]);
  const { value, gradients } = valueAndGradients(
    ({ x }) =>
      total(
        add(
          x,
          withoutGradients(() => square(relu(x))),
        ),
      ),
    { x },
  );
  expect(value.dataSync()[0]).toBe(6 + 14);
  expect(values(gradients.x)).toEqual([1, 1, 1]);
});

test('withoutGradients makes a constant even of a tensor that was recorded before', () => {
  const x = tensor1d([1, 2, 3]);
  const { gradients } = valueAndGradients(
    ({ x }) => {
      const squared = square(x);
      return total(
        add(
          squared,
          withoutGradients(() => squared),
        ),
      );
    },
    { x },
  );
  expect(values(gradients.x)).toEqual([2, 4, 6]);
});

test('withoutGradients holds in second-order gradients too', () => {
  const x = tensor1d([1, 2, 3]);
  const { gradients } = valueAndGradients(
    ({ x }) => {
      const first = valueAndGradients(({ x }) => total(mul(square(x), stopGradient(x))), { x });
      return total(first.gradients.x); // Σ 2 · x · constant
    },
    { x },
  );
  expect(values(gradients.x)).toEqual([2, 4, 6]);
});

test('gradients can be taken inside withoutGradients, and the computation around it goes on', () => {
  const x = tensor1d([1, 2, 3]);
  const { gradients } = valueAndGradients(
    ({ x }) => {
      const before = square(x);
      const slope = withoutGradients(() => valueAndGradients(({ x }) => total(square(x)), { x }).gradients.x);
      return total(add(before, mul(slope, x)));
    },
    { x },
  );
  expect(values(gradients.x)).toEqual([4, 8, 12]);
});

test('withoutGradients keeps nothing but its result, not even inside a gradient computation', () => {
  const x = tensor1d([1, 2, 3]);
  const before = memory().numTensors;
  let within = 0;
  const { value, gradients } = valueAndGradients(
    ({ x }) => {
      const start = memory().numTensors;
      const result = withoutGradients(() => square(square(relu(x))));
      within = memory().numTensors - start;
      return total(mul(x, result));
    },
    { x },
  );
  expect(within).toBe(1);
  value.dispose();
  gradients.x.dispose();
  expect(memory().numTensors).toBe(before);
  x.dispose();
});

test('an error inside withoutGradients leaves the computation around it intact', () => {
  const x = tensor1d([1, 2, 3]);
  const before = memory().numTensors;
  const { value, gradients } = valueAndGradients(
    ({ x }) => {
      const squared = square(x);
      expect(() =>
        withoutGradients(() => {
          clone(x);
          throw new Error('inside');
        }),
      ).toThrow('inside');
      return total(squared);
    },
    { x },
  );
  expect(values(gradients.x)).toEqual([2, 4, 6]);
  value.dispose();
  gradients.x.dispose();
  expect(memory().numTensors).toBe(before);
  x.dispose();
});

test('outside of gradient computations withoutGradients is a plain call', () => {
  const result = withoutGradients(() => scalar(3));
  expect(result.dataSync()[0]).toBe(3);
});
