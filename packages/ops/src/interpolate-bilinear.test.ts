import { fill, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { interpolateBilinear } from './index.js';
import { featureMap } from './testing/arbitraries.js';
import { useBackend } from './testing/backends.js';
import { evaluate, relativeError, toArray, toTensor } from './testing/tensors.js';

beforeAll(() => useBackend('cpu'));

const size = fc.integer({ min: 1, max: 7 });

test('interpolateBilinear to the same size is the identity', () => {
  fc.assert(
    fc.property(featureMap({ side: 6 }), (x) => {
      const y = evaluate(() => toArray(interpolateBilinear(toTensor(x), [x.shape[1]!, x.shape[2]!])));
      expect(y).toEqual(x);
    }),
  );
});

test('a constant image stays constant at every size', () => {
  fc.assert(
    fc.property(size, size, size, size, (height, width, newHeight, newWidth) => {
      const y = evaluate(() => toArray(interpolateBilinear(fill([1, height, width, 2], 0.75), [newHeight, newWidth])));
      expect(y.shape).toEqual([1, newHeight, newWidth, 2]);
      for (const value of y.data) expect(value).toBeCloseTo(0.75, 6);
    }),
  );
});

test('a ramp stays a ramp inside, with its ends clamped', () => {
  const ramp = { shape: [1, 1, 4, 1], data: Float64Array.of(0, 1, 2, 3) };
  const y = toArray(interpolateBilinear(toTensor(ramp), [1, 8]));
  expect(relativeError(y, { shape: [1, 1, 8, 1], data: Float64Array.of(0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3) })).toBeLessThan(1e-6);
});

test.each([
  [0, 4],
  [4, 1.5],
  [4, -2],
  [Number.NaN, 4],
] as [number, number][])('interpolateBilinear refuses size [%d, %d]', (height, width) => {
  expect(() => interpolateBilinear(zeros([1, 2, 2, 1]), [height, width])).toThrow(
    `interpolateBilinear: size must be two whole numbers ≥ 1, got [${height}, ${width}]`,
  );
});

test('interpolateBilinear says which rank it takes', () => {
  expect(() => interpolateBilinear(zeros([2, 2]), [1, 1])).toThrow(
    'interpolateBilinear: x must be [batch, height, width, channels], got shape [2, 2]',
  );
});
