import { memory, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeatureRows } from './features.js';
import { kernelDiscrepancy, kernelDistance } from './kernel-distance.js';
import { squaredDiscrepancy } from './testing/brute-force.js';
import { normalFeatures, rowsAt, sizes } from './testing/random-features.js';

/** All ways to choose `size` of 0 … n − 1. */
function subsetsOf(n: number, size: number): number[][] {
  if (size === 0) return [[]];
  if (n < size) return [];
  return [...subsetsOf(n - 1, size), ...subsetsOf(n - 1, size - 1).map((chosen) => [...chosen, n - 1])];
}

describe('kernelDiscrepancy', () => {
  test('equals its definition in float64', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, m, dimension, seed }) => {
        const [x, y] = [normalFeatures(n, dimension, seed), normalFeatures(m, dimension, seed + 1)];
        const scale =
          Math.abs(squaredDiscrepancy(x, x)) +
          Math.abs(squaredDiscrepancy(y, y)) +
          largestKernel(x.data, dimension) +
          largestKernel(y.data, dimension);
        expect(Math.abs((await kernelDiscrepancy(x, y)) - squaredDiscrepancy(x, y))).toBeLessThan(1e-5 * scale);
      }),
    );
  });

  test('is unbiased: over all subsets its mean is the value of the whole', async () => {
    const [x, y] = [normalFeatures(6, 3, 1), normalFeatures(5, 3, 2)];
    let sum = 0;
    let count = 0;
    for (const first of subsetsOf(6, 3)) {
      for (const second of subsetsOf(5, 2)) {
        sum += await kernelDiscrepancy(rowsAt(x, first), rowsAt(y, second));
        count++;
      }
    }
    expect(count).toBe(200);
    expect(sum / count / squaredDiscrepancy(x, y)).toBeCloseTo(1, 5);
  });

  test('in one dimension is what multiplying out gives', async () => {
    // Kernel (xy + 1)³; x: ±1 gives 0; y: ±2 gives −27; cross terms: 27, −1, −1, 27.
    expect(await kernelDiscrepancy([[1], [-1]], [[2], [-2]])).toBe(0 - 27 - (2 * (27 - 1 - 1 + 27)) / 4);
  });

  /** Both sets shifted and scaled, in float64. */
  const moved = ({ data, shape }: FeatureRows, shift: number, scale: number): FeatureRows => ({
    data: Float64Array.from(data, (value) => (value + shift) * scale),
    shape,
  });

  test.each([
    [1e4, 1, 1e-5],
    [0, 1e20, 1e-12],
    [0, 1e45, 1e-12],
    [0, 1e-200, 1e-12],
  ])('multiplies float64 features in float64: shift %s, scale %s', async (shift, scale, rounding) => {
    const [x, y] = [moved(normalFeatures(30, 16, 1), shift, scale), moved(normalFeatures(25, 16, 2), shift + 0.1, scale)];
    const expected = squaredDiscrepancy(x, y);
    expect(Math.abs((await kernelDiscrepancy(x, y)) - expected)).toBeLessThanOrEqual(rounding * Math.abs(expected));
    const { mean } = await kernelDistance(
      moved(x, 0, 1),
      moved(
        rowsAt(
          x,
          Array.from({ length: 25 }, (_, i) => i),
        ),
        0,
        1,
      ),
      { subsets: 2 },
    );
    expect(mean).toSatisfy(Number.isFinite);
  });

  test('keeps float32 features far from the origin, and large ones', async () => {
    for (const [shift, scale] of [
      [1e4, 1],
      [0, 1e20],
    ] as const) {
      const [x, y] = [moved(normalFeatures(30, 16, 1), shift, scale), moved(normalFeatures(25, 16, 2), shift + 10, scale)].map(
        ({ data, shape }): FeatureRows => ({ data: Float32Array.from(data), shape }),
      ) as [FeatureRows, FeatureRows];
      expect((await kernelDiscrepancy(x, y)) / squaredDiscrepancy(x, y)).toBeCloseTo(1, 4);
    }
  });

  test('is an error, not NaN, where kernel values are beyond float64', async () => {
    const x = moved(normalFeatures(10, 4, 1), 0, 1e60);
    await expect(kernelDiscrepancy(x, x)).rejects.toThrow(
      'kernelDiscrepancy: values of the kernel must be finite, got some beyond float64',
    );
    await expect(kernelDistance(x, x)).rejects.toThrow('kernelDistance: values of the kernel must be finite');
  });

  test('says which set has too few samples', async () => {
    await expect(kernelDiscrepancy([[1]], [[1], [2]])).rejects.toThrow('kernelDiscrepancy: first must have at least 2 samples, got 1');
    await expect(kernelDiscrepancy([[1], [2]], [[1]])).rejects.toThrow('kernelDiscrepancy: second must have at least 2 samples, got 1');
  });
});

/** The largest value the kernel can take among samples: float32 errors are in its proportion. */
function largestKernel(data: Float32Array | Float64Array, dimension: number): number {
  let squared = 0;
  for (let at = 0; at < data.length; at += dimension) {
    let sum = 0;
    for (const value of data.subarray(at, at + dimension)) sum += value * value;
    squared = Math.max(squared, sum);
  }
  return (squared / dimension + 1) ** 3;
}

describe('kernelDistance', () => {
  const [x, y] = [normalFeatures(40, 4, 1), normalFeatures(30, 4, 2)];

  test('of subsets that hold everything is the value of the whole, without deviation', async () => {
    const [a, b] = [
      rowsAt(
        x,
        Array.from({ length: 30 }, (_, i) => i),
      ),
      y,
    ];
    const { mean, standardDeviation, standardError } = await kernelDistance(a, b, { subsets: 4 });
    expect(mean / squaredDiscrepancy(a, b)).toBeCloseTo(1, 5);
    // Subsets come in another order each time, which float32 and float64 sums may round otherwise.
    expect(standardDeviation).toBeLessThan(1e-5 * Math.abs(mean));
    expect(standardError).toBe(standardDeviation / 2);
  });

  test('of subsets lies around the value of the whole, within its standard error', async () => {
    const { mean, standardDeviation, standardError } = await kernelDistance(x, y, { subsets: 400, subsetSize: 10 });
    expect(standardError).toBeCloseTo(standardDeviation / 20, 12);
    expect(Math.abs(mean - squaredDiscrepancy(x, y))).toBeLessThan(4 * standardError);
  });

  test('is a pure function of the seed', async () => {
    const options = { subsets: 5, subsetSize: 8 };
    const first = await kernelDistance(x, y, options);
    expect(await kernelDistance(x, y, options)).toEqual(first);
    expect(await kernelDistance(x, y, { ...options, seed: 0 })).toEqual(first);
    expect((await kernelDistance(x, y, { ...options, seed: 1 })).mean).not.toBe(first.mean);
  });

  test('draws different samples from sets of equal size', async () => {
    // With equal draws the cross term would hold k(x, x), and the estimate would be far below zero.
    const { mean, standardError } = await kernelDistance(x, x, { subsets: 300, subsetSize: 10 });
    const own = squaredDiscrepancy(x, x);
    expect(Math.abs(mean - own)).toBeLessThan(4 * standardError);
  });

  test('gives the same for sets too large to keep the values of all pairs', async () => {
    const small = normalFeatures(2048, 2, 3);
    const large: FeatureRows = {
      data: Float32Array.from({ length: 2049 * 2 }, (_, i) => small.data[i % small.data.length]!),
      shape: [2049, 2],
    };
    const other = normalFeatures(100, 2, 4);
    const { mean } = await kernelDistance(large, other, { subsets: 1, subsetSize: 100 });
    expect(mean).toBeGreaterThan(-1);
    expect(Math.abs(mean - squaredDiscrepancy(small, other))).toBeLessThan(1);
  });

  test('leaves no tensors behind, and tensors to the caller', async () => {
    const tensor = tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const before = memory().numTensors;
    await kernelDistance(tensor, tensor, { subsets: 3 });
    expect(memory().numTensors).toBe(before);
    tensor.dispose();
  });

  test('says what is wrong with its options', async () => {
    await expect(kernelDistance(x, y, { subsetSize: 31 })).rejects.toThrow(
      'kernelDistance: subsetSize must be a whole number from 2 to the samples of the smaller set (30), got 31',
    );
    await expect(kernelDistance(x, y, { subsetSize: 1 })).rejects.toThrow('got 1');
    await expect(kernelDistance(x, y, { subsets: 0 })).rejects.toThrow('kernelDistance: subsets must be a whole number ≥ 1, got 0');
  });
});
