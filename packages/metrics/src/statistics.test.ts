import { memory, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeatureRows, Features } from './features.js';
import { featureStatistics, mergeStatistics, statisticsAccumulator, type FeatureStatistics } from './statistics.js';
import { normalFeatures, rowsAt, sizes } from './testing/random-features.js';

/** The textbook: mean first, then deviations. */
function twoPass({ data, shape: [n, dimension] }: FeatureRows): FeatureStatistics {
  const mean = new Float64Array(dimension);
  for (let i = 0; i < n; i++) for (let j = 0; j < dimension; j++) mean[j]! += data[i * dimension + j]! / n;
  const covariance = new Float64Array(dimension * dimension);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < dimension; j++) {
      for (let k = 0; k < dimension; k++) {
        covariance[j * dimension + k]! += ((data[i * dimension + j]! - mean[j]!) * (data[i * dimension + k]! - mean[k]!)) / (n - 1);
      }
    }
  }
  return { count: n, mean, covariance };
}

function expectClose(actual: FeatureStatistics, expected: FeatureStatistics, tolerance = 1e-12): void {
  expect(actual.count).toBe(expected.count);
  const worst = (a: Float64Array, b: Float64Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
  const scale = 1 + expected.covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(worst(actual.mean, expected.mean)).toBeLessThan(tolerance * scale);
  expect(worst(actual.covariance, expected.covariance)).toBeLessThan(tolerance * scale);
}

/** Consecutive batches of the sizes, the last one with what is left. */
function* cut(features: FeatureRows, batches: readonly number[]): Generator<FeatureRows> {
  const [n] = features.shape;
  let start = 0;
  for (const size of [...batches, n]) {
    const end = Math.min(n, start + size);
    if (end > start)
      yield rowsAt(
        features,
        Array.from({ length: end - start }, (_, i) => start + i),
      );
    start = end;
  }
}

describe('featureStatistics', () => {
  test('equals mean and covariance in two passes', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, dimension, seed }) => {
        const features = normalFeatures(n, dimension, seed);
        expectClose(await featureStatistics(features), twoPass(features));
      }),
    );
    const many = normalFeatures(1000, 7, 1);
    expectClose(await featureStatistics(many), twoPass(many));
  });

  test('gives the same bits however the samples are cut into batches', async () => {
    const features = normalFeatures(600, 5, 2);
    const whole = await featureStatistics(features);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 20 }), async (batches) => {
        expect(await featureStatistics(cut(features, batches))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
    expect(await featureStatistics(cut(features, new Array<number>(600).fill(1)))).toEqual(whole);
  });

  test('loses nothing to a mean that is large beside the spread', async () => {
    const features = normalFeatures(700, 4, 3);
    const far = { ...features, data: features.data.map((value) => value + 2 ** 24) };
    const exact = { ...far, data: far.data.map((value) => value - 2 ** 24) };
    const { covariance, count } = await featureStatistics(far);
    const { mean, ...expected } = twoPass(exact);
    expectClose({ count, mean, covariance }, { mean, ...expected });
  });

  test('takes tensors, rows, arrays of samples and generators of any of them, and leaves tensors alone', async () => {
    const samples = [
      [1, 2, 0],
      [4, 0.5, 1],
      [-1, 3, 2],
      [0, 0, 7],
    ];
    const expected = await featureStatistics(samples);
    const tensor = tensor2d(samples);
    async function* batches(): AsyncGenerator<Features> {
      await Promise.resolve();
      const first = tensor2d(samples.slice(0, 1));
      yield first;
      first.dispose();
      yield { data: new Float32Array(samples[1]!), shape: [1, 3] };
      yield samples.slice(2).map((sample) => new Float32Array(sample));
    }
    const before = memory().numTensors;
    expect(await featureStatistics(tensor)).toEqual(expected);
    expect(await featureStatistics(batches())).toEqual(expected);
    expect(await featureStatistics([tensor])).toEqual(expected);
    expect(memory().numTensors).toBe(before);
    tensor.dispose();
  });

  test('says what is wrong with the features', async () => {
    await expect(featureStatistics([[1, 2]])).rejects.toThrow('statistics: a covariance needs at least 2 samples, got 1');
    await expect(featureStatistics([])).rejects.toThrow('must have shape [n ≥ 1, dimension ≥ 1], got [0, 0]');
    await expect(featureStatistics([[1, 2], [3]])).rejects.toThrow('must have samples of one length, got 2 values and, in sample 1, 1');
    await expect(
      featureStatistics([
        [1, 2],
        [3, NaN],
      ]),
    ).rejects.toThrow('features must be finite, got NaN at [1, 1]');
    await expect(featureStatistics([[[1, 2]], [[1]]])).rejects.toThrow('batches must have the same dimension, got 2 and 1');
    await expect(featureStatistics({ data: new Float32Array(5), shape: [2, 3] })).rejects.toThrow(
      'features of shape [2, 3] must have 6 values, got 5',
    );
  });
});

describe('statisticsAccumulator', () => {
  test('can be asked in between, and counts', () => {
    const features = normalFeatures(20, 3, 4);
    const accumulator = statisticsAccumulator(3);
    for (const batch of cut(features, [7, 1])) {
      accumulator.add(batch);
      const { count } = accumulator;
      expectClose(
        accumulator.statistics(),
        twoPass(
          rowsAt(
            features,
            Array.from({ length: count }, (_, i) => i),
          ),
        ),
      );
    }
    expect(accumulator.count).toBe(20);
  });

  test('keeps no hold on what it was given or gives', () => {
    const accumulator = statisticsAccumulator(2);
    const batch = { data: Float64Array.of(1, 2, 3, 5), shape: [2, 2] } as const;
    accumulator.add(batch);
    batch.data.fill(9);
    accumulator.statistics().mean.fill(7);
    expect(accumulator.statistics()).toEqual({ count: 2, mean: Float64Array.of(2, 3.5), covariance: Float64Array.of(2, 3, 3, 4.5) });
  });

  test('refuses features of another dimension, and dimensions that are none', () => {
    expect(() => statisticsAccumulator(3).add({ data: new Float32Array(4), shape: [2, 2] })).toThrow(
      'statisticsAccumulator: features must have shape [n, 3], got [2, 2] with 4 values',
    );
    expect(() => statisticsAccumulator(0)).toThrow('dimension must be a whole number ≥ 1, got 0');
  });
});

describe('mergeStatistics', () => {
  test('of parts equals the statistics of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, m, dimension, seed }) => {
        const whole = normalFeatures(n + m, dimension, seed);
        const [first, second] = [...cut(whole, [n])] as [FeatureRows, FeatureRows];
        const merged = mergeStatistics(await featureStatistics(first), await featureStatistics(second));
        expectClose(merged, await featureStatistics(whole));
      }),
    );
  });

  test('refuses other dimensions and counts', async () => {
    const two = await featureStatistics([
      [1, 2],
      [3, 4],
    ]);
    const one = await featureStatistics([[1], [3]]);
    expect(() => mergeStatistics(two, one)).toThrow('mergeStatistics: both must have the same dimension, got 2 and 1');
    expect(() => mergeStatistics(two, { ...two, count: 1 })).toThrow('mergeStatistics: count must be a whole number ≥ 2, got 1');
  });
});
