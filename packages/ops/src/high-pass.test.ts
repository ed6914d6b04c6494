import { fill, ones, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { highPass } from './index.js';
import { arrayOf, featureMapShape } from './testing/arbitraries.js';
import { useBackend } from './testing/backends.js';
import { dot, offset4, type NdArray } from './testing/nd-array.js';
import { evaluate, toArray, toTensor } from './testing/tensors.js';

beforeAll(() => useBackend('cpu'));

const filtered = (x: NdArray, weight: number): NdArray => evaluate(() => toArray(highPass(toTensor(x), weight)));

test('highPass is its own adjoint', () => {
  const pair = featureMapShape({ side: 5 }).chain((shape) =>
    fc.record({ a: arrayOf(shape), b: arrayOf(shape), weight: fc.integer({ min: 1, max: 4 }) }),
  );
  fc.assert(
    fc.property(pair, ({ a, b, weight }) => {
      expect(dot(filtered(a, weight), b)).toBeCloseTo(dot(a, filtered(b, weight)), 3);
    }),
  );
});

test('highPass is zero where the neighbourhood is constant, and sees the border as an edge', () => {
  const y = evaluate(() => toArray(highPass(fill([1, 4, 5, 2], 3), 1)));
  for (const row of [0, 1, 2, 3]) {
    for (const column of [0, 1, 2, 3, 4]) {
      const rowsInside = row === 0 || row === 3 ? 2 : 3;
      const columnsInside = column === 0 || column === 4 ? 2 : 3;
      expect(y.data[offset4(y.shape, 0, row, column, 1)]).toBe(3 * (9 - rowsInside * columnsInside));
    }
  }
});

test('a larger weight makes highPass weaker in proportion', () => {
  const x = ones([1, 2, 2, 1]);
  const [one, four] = [toArray(highPass(x, 1)), toArray(highPass(x, 4))];
  expect([...four.data]).toEqual([...one.data].map((value) => value / 4));
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('highPass refuses weight %d', (weight) => {
  expect(() => highPass(zeros([1, 2, 2, 1]), weight)).toThrow(`highPass: weight must be a number > 0, got ${weight}`);
});

test('highPass says which rank it takes', () => {
  expect(() => highPass(zeros([2, 2, 1]), 1)).toThrow('highPass: x must be [batch, height, width, channels], got shape [2, 2, 1]');
});
