import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { averagePool2x2, upsampleNearest2x } from './index.js';
import { arrayOf, featureMapShape } from './testing/arbitraries.js';
import { useBackend } from './testing/backends.js';
import { dot, type NdArray } from './testing/nd-array.js';
import { evaluate, toArray, toTensor } from './testing/tensors.js';

beforeAll(() => useBackend('cpu'));

const apply = (f: (x: Tensor) => Tensor, x: NdArray): NdArray => evaluate(() => toArray(f(toTensor(x))));

const largeAndSmall = featureMapShape({ side: 6, step: 2 }).chain(([batch, height, width, channels]) =>
  fc.record({ large: arrayOf([batch, height, width, channels]), small: arrayOf([batch, height / 2, width / 2, channels]) }),
);

test('averagePool2x2 and upsampleNearest2x are adjoint up to the factor 4', () => {
  fc.assert(
    fc.property(largeAndSmall, ({ large, small }) => {
      expect(4 * dot(apply(averagePool2x2, large), small)).toBeCloseTo(dot(large, apply(upsampleNearest2x, small)), 4);
    }),
  );
});

test('averagePool2x2 undoes upsampleNearest2x', () => {
  fc.assert(
    fc.property(largeAndSmall, ({ small }) => {
      const back = apply((x) => averagePool2x2(upsampleNearest2x(x)), small);
      back.data.forEach((value, i) => expect(value).toBeCloseTo(small.data[i]!, 6));
    }),
  );
});

test('averagePool2x2 says which sizes it takes', () => {
  expect(() => averagePool2x2(zeros([2, 3, 4, 1]))).toThrow('averagePool2x2: height and width of x must be even, got shape [2, 3, 4, 1]');
  expect(() => averagePool2x2(zeros([2, 4, 3, 1]))).toThrow('averagePool2x2: height and width of x must be even, got shape [2, 4, 3, 1]');
  expect(() => averagePool2x2(zeros([4, 4]))).toThrow('averagePool2x2: x must be [batch, height, width, channels], got shape [4, 4]');
});

test('upsampleNearest2x says which rank it takes', () => {
  expect(() => upsampleNearest2x(zeros([4, 4, 1]))).toThrow(
    'upsampleNearest2x: x must be [batch, height, width, channels], got shape [4, 4, 1]',
  );
});
