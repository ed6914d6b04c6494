import { memory, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { densityCoverage } from './density-coverage.js';
import type { FeatureRows } from './features.js';
import { precisionRecall } from './precision-recall.js';
import { manifoldMetrics } from './testing/brute-force.js';
import { normalFeatures, orthogonalMatrix, timesMatrix } from './testing/random-features.js';

/** Whole coordinates, so that points on the surface of balls, and equal points, are common. */
const lattice = (n: { min: number; max: number }, dimension: number, extent: number): fc.Arbitrary<FeatureRows> =>
  fc
    .array(fc.array(fc.integer({ min: 0, max: extent }), { minLength: dimension, maxLength: dimension }), {
      minLength: n.min,
      maxLength: n.max,
    })
    .map((rows) => ({
      data: Float32Array.from(rows.flat()),
      shape: [rows.length, dimension],
    }));

const onLine = (...values: number[]): number[][] => values.map((value) => [value]);

describe('precisionRecall and densityCoverage', () => {
  test('decide like the definitions in float64, ties and equal samples included', async () => {
    const sets = fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }))
      .chain(([dimension, extent]) =>
        fc.tuple(
          lattice({ min: 5, max: 25 }, dimension, extent),
          lattice({ min: 5, max: 25 }, dimension, extent),
          fc.integer({ min: 1, max: 4 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(sets, async ([real, generated, neighbors]) => {
        const { precision, recall, density, coverage } = manifoldMetrics(real, generated, neighbors);
        expect(await precisionRecall(real, generated, { neighbors })).toEqual({ precision, recall });
        expect(await densityCoverage(real, generated, { neighbors })).toEqual({ density, coverage });
      }),
    );
  });

  test('decide like float64 far from the origin, where float32 products say nothing', async () => {
    const near = [normalFeatures(60, 4, 1), normalFeatures(50, 4, 2)] as const;
    const [real, generated] = near.map(({ data, shape }): FeatureRows => ({ data: data.map((value) => value + 1e7), shape })) as [
      FeatureRows,
      FeatureRows,
    ];
    const { precision, recall, density, coverage } = manifoldMetrics(real, generated, 3);
    expect(precision).toBeGreaterThan(0);
    expect(await precisionRecall(real, generated)).toEqual({ precision, recall });
    expect(await densityCoverage(real, generated, { neighbors: 3 })).toEqual({ density, coverage });
  });

  test.each([1e30, 1e-30])('decide like float64 where float32 overflows or vanishes: values around %s', async (scale) => {
    const [real, generated] = [normalFeatures(20, 3, 1), normalFeatures(20, 3, 2)].map(({ data, shape }): FeatureRows => ({
      data: data.map((value) => value * scale),
      shape,
    })) as [FeatureRows, FeatureRows];
    const { precision, recall } = manifoldMetrics(real, generated, 3);
    expect(await precisionRecall(real, generated)).toEqual({ precision, recall });
  });

  test.each([1e-320, 1e-200, 1e200, 1e307])('decide as at any other scale: values around %s', async (scale) => {
    const near = [normalFeatures(20, 3, 1), normalFeatures(20, 3, 2)] as const;
    const whole = near.map(({ data, shape }): FeatureRows => ({
      data: Float64Array.from(data, (value) => Math.round(value * 1000)),
      shape,
    })) as [FeatureRows, FeatureRows];
    const [real, generated] = whole.map(({ data, shape }): FeatureRows => ({
      data: data.map((value) => value * 2 ** Math.round(Math.log2(scale) - 10)),
      shape,
    })) as [FeatureRows, FeatureRows];
    const wanted = manifoldMetrics(...whole, 3);
    expect(wanted.precision).toBeGreaterThan(0);
    expect(await precisionRecall(real, generated)).toEqual({ precision: wanted.precision, recall: wanted.recall });
    expect(await densityCoverage(real, generated, { neighbors: 3 })).toEqual({ density: wanted.density, coverage: wanted.coverage });
  });

  test('tell near samples apart beside one that is very far, or say that they cannot', async () => {
    const beside = (far: number): FeatureRows => {
      const { data, shape } = normalFeatures(20, 3, 1);
      return { data: Float64Array.from(data, (value, i) => (i === 0 ? far : value)), shape };
    };
    const { precision, recall } = manifoldMetrics(beside(1e100), normalFeatures(20, 3, 2), 3);
    expect(await precisionRecall(beside(1e100), normalFeatures(20, 3, 2))).toEqual({ precision, recall });
    // The far one lies within no ball, nor does its own hold fewer than all: as in float64 where squares are finite.
    expect(await precisionRecall(beside(1e250), normalFeatures(20, 3, 2))).toEqual({ precision, recall });
    const { data, shape } = normalFeatures(20, 3, 1);
    const tiny: FeatureRows = { data: Float64Array.from(data, (value, i) => (i === 0 ? 1e300 : value * 1e-100)), shape };
    await expect(densityCoverage(tiny, tiny)).rejects.toThrow('densityCoverage: features must span less than 290 orders of magnitude');
  });

  test('do not change when all features are rotated together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 8 }), async (seed, dimension) => {
        const [real, generated] = [normalFeatures(20, dimension, seed), normalFeatures(20, dimension, seed + 1)];
        const rotation = orthogonalMatrix(dimension, seed);
        const [rotatedReal, rotatedGenerated] = [timesMatrix(real, rotation), timesMatrix(generated, rotation)];
        expect(await precisionRecall(rotatedReal, rotatedGenerated)).toEqual(await precisionRecall(real, generated));
        expect(await densityCoverage(rotatedReal, rotatedGenerated)).toEqual(await densityCoverage(real, generated));
      }),
      { numRuns: 30 },
    );
  });

  test('work through more samples than one block of products holds', async () => {
    // The nearest neighbour of i² is (i − 1)², so every ball holds two of the samples.
    const squares = onLine(...Array.from({ length: 2300 }, (_, i) => i * i));
    expect(await densityCoverage(squares, squares, { neighbors: 1 })).toEqual({ density: 2, coverage: 1 });
    const between = squares.map(([value]) => [value! + 0.5]);
    expect(await precisionRecall(squares, between, { neighbors: 1 })).toEqual({ precision: 1, recall: 1 });
    const outside = squares.map(([value]) => [-4 - value!]);
    expect(await precisionRecall(squares, outside, { neighbors: 1 })).toEqual({ precision: 0, recall: 0 });
  });

  test('leave no tensors behind, and tensors to the caller', async () => {
    const real = tensor2d(onLine(0, 1, 2, 3, 4, 5));
    const generated = tensor2d(onLine(0, 1, 2, 3, 9));
    const before = memory().numTensors;
    await precisionRecall(real, generated);
    await densityCoverage(real, generated);
    expect(memory().numTensors).toBe(before);
    expect(real.isDisposed).toBe(false);
    real.dispose();
    generated.dispose();
  });
});

describe('precisionRecall', () => {
  test('of a set and itself is 1, and of sets far apart 0', async () => {
    const set = normalFeatures(30, 5, 1);
    const far = { ...set, data: set.data.map((value) => value + 1e3) };
    expect(await precisionRecall(set, set)).toEqual({ precision: 1, recall: 1 });
    expect(await precisionRecall(set, far)).toEqual({ precision: 0, recall: 0 });
  });

  test('on a line is what counting gives: a mode that is missing costs recall, a stray one precision', async () => {
    // Balls of radius 1 around 0, 1, 2 and 10, 11, 12; of radius 1 around 0, 1, 2 and 1000 (998).
    const real = onLine(0, 1, 2, 10, 11, 12);
    expect(await precisionRecall(real, onLine(0, 1, 2, 1.5), { neighbors: 1 })).toEqual({ precision: 1, recall: 0.5 });
    expect(await precisionRecall(real, onLine(0, 1, 50, 51), { neighbors: 1 })).toEqual({ precision: 0.5, recall: 0.5 });
  });

  test('swaps with its arguments', async () => {
    const [a, b] = [normalFeatures(40, 3, 5), normalFeatures(30, 3, 6)];
    const { precision, recall } = await precisionRecall(a, b);
    expect(await precisionRecall(b, a)).toEqual({ precision: recall, recall: precision });
  });

  test('says which set has too few samples', async () => {
    const few = onLine(1, 2, 3);
    const enough = onLine(1, 2, 3, 4);
    await expect(precisionRecall(few, enough)).rejects.toThrow('precisionRecall: real must have more than 3 samples (neighbors), got 3');
    await expect(precisionRecall(enough, few)).rejects.toThrow(
      'precisionRecall: generated must have more than 3 samples (neighbors), got 3',
    );
    await expect(precisionRecall(enough, enough, { neighbors: 0 })).rejects.toThrow('neighbors must be a whole number ≥ 1, got 0');
    await expect(precisionRecall(enough, [[1, 2]])).rejects.toThrow(
      'precisionRecall: real and generated must have the same dimension, got 1 and 2',
    );
  });
});

describe('densityCoverage', () => {
  test('on a line is what counting gives', async () => {
    // Radii to the second neighbour: 2, 1, 1, 2 around 0, 1, 2, 3.
    const real = onLine(0, 1, 2, 3);
    // 0.5 lies in the balls around 0, 1 and 2 (1.5 > 1: no) and 3 (2.5 > 2: no): two balls.
    expect(await densityCoverage(real, onLine(0.5), { neighbors: 2 })).toEqual({ density: 1, coverage: 0.5 });
    expect(await densityCoverage(real, onLine(0.5, 100, 100, 100), { neighbors: 2 })).toEqual({ density: 0.25, coverage: 0.5 });
    expect(await densityCoverage(real, real, { neighbors: 2 })).toEqual({ density: (3 + 3 + 3 + 3) / 8, coverage: 1 });
  });

  test('counts an outlier among real samples little, where precision is taken in', async () => {
    const cluster = Array.from({ length: 20 }, (_, i) => [i / 20]);
    const real = [...cluster, [1000]];
    const generated = onLine(300, 400, 500, 600);
    expect((await precisionRecall(real, generated)).precision).toBe(1);
    const { density, coverage } = await densityCoverage(real, generated, { neighbors: 3 });
    expect(density).toBeCloseTo(1 / 3, 15);
    expect(coverage).toBeCloseTo(1 / 21, 15);
  });

  test('needs one generated sample only', async () => {
    await expect(densityCoverage(onLine(1, 2, 3, 4, 5), onLine(1))).rejects.toThrow(
      'densityCoverage: real must have more than 5 samples (neighbors), got 5',
    );
    await expect(densityCoverage(onLine(1, 2, 3, 4, 5, 6), onLine(1))).resolves.toBeDefined();
  });
});
