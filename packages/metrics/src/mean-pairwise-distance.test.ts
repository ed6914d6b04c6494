import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanPairwiseDistance } from './mean-pairwise-distance.js';

const apart = (a: number, b: number): number => Math.abs(a - b);

test('is the mean over all pairs, each taken once', () => {
  const pairs: string[] = [];
  const distance = (a: string, b: string): number => {
    pairs.push(a + b);
    return pairs.length;
  };
  expect(meanPairwiseDistance(['a', 'b', 'c', 'd'], distance)).toBe((1 + 2 + 3 + 4 + 5 + 6) / 6);
  expect(pairs).toEqual(['ab', 'ac', 'ad', 'bc', 'bd', 'cd']);
  expect(meanPairwiseDistance([0, 1, 3], apart)).toBe(2);
});

test('does not change with the order of samples, and grows with the distance', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 12 }), (samples) => {
      const mean = meanPairwiseDistance(samples, apart);
      expect(meanPairwiseDistance([...samples].reverse(), apart)).toBeCloseTo(mean, 9);
      expect(meanPairwiseDistance(samples, (a, b) => 3 * apart(a, b))).toBeCloseTo(3 * mean, 9);
    }),
  );
});

test('needs a pair', () => {
  expect(() => meanPairwiseDistance([1], apart)).toThrow('meanPairwiseDistance: samples must be at least two, got 1');
});

test('says between which samples there is no distance', () => {
  expect(() => meanPairwiseDistance([1, 2, NaN], apart)).toThrow(
    'meanPairwiseDistance: distance must give finite numbers, got NaN for samples 0 and 2',
  );
  expect(() => meanPairwiseDistance([1, 2], () => undefined as never)).toThrow('got undefined for samples 0 and 1');
});
