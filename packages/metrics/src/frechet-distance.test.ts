import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frechetDistance, type GaussianStatistics } from './frechet-distance.js';
import { frechetFeatureDistance } from './frechet-feature-distance.js';
import { featureStatistics } from './statistics.js';
import { normalFeatures, normalMatrix, orthogonalMatrix, rowsAt, sizes, timesMatrix } from './testing/random-features.js';

/** A normal distribution with independent components. */
function diagonal(mean: readonly number[], variances: readonly number[]): GaussianStatistics {
  const n = mean.length;
  const covariance = new Float64Array(n * n);
  for (const [i, variance] of variances.entries()) covariance[i * n + i] = variance;
  return { mean: Float64Array.from(mean), covariance };
}

const trace = ({ mean, covariance }: GaussianStatistics): number => mean.reduce((sum, _, i) => sum + covariance[i * (mean.length + 1)]!, 0);

describe('frechetDistance in closed form', () => {
  test('of one dimension: (μ₁ − μ₂)² + (σ₁ − σ₂)²', () => {
    expect(frechetDistance(diagonal([1], [4]), diagonal([3.5], [9]))).toBeCloseTo(2.5 ** 2 + 1, 14);
  });

  test('of diagonal covariances: differences of means and of deviations, squared', () => {
    const first = diagonal([1, 2, 3, 4], [1, 4, 0, 1e-8]);
    const second = diagonal([1, 0, 3, 4], [9, 4, 0.25, 0]);
    expect(frechetDistance(first, second)).toBeCloseTo(4 + 2 ** 2 + 0.5 ** 2 + 1e-8, 14);
  });

  test('of equal covariances: the distance of the means, squared', async () => {
    const { mean, covariance } = await featureStatistics(normalFeatures(50, 12, 1));
    const shifted = mean.map((value, i) => value + i);
    expect(frechetDistance({ mean, covariance }, { mean: shifted, covariance })).toBeCloseTo(506, 11);
  });

  test('of covariances that share no direction: both traces', async () => {
    const { covariance } = await featureStatistics(normalFeatures(30, 4, 2));
    const at = (offset: number): GaussianStatistics => {
      const placed = new Float64Array(64);
      for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) placed[(i + offset) * 8 + j + offset] = covariance[i * 4 + j]!;
      return { mean: new Float64Array(8), covariance: placed };
    };
    expect(frechetDistance(at(0), at(4))).toBeCloseTo(2 * trace(at(0)), 12);
  });

  test('of a covariance and a multiple of it: (1 − √c)² of the trace', async () => {
    const { mean, covariance } = await featureStatistics(normalFeatures(9, 20, 3)); // singular
    const scaled = { mean, covariance: covariance.map((value) => 2.25 * value) };
    expect(frechetDistance({ mean, covariance }, scaled)).toBeCloseTo(0.25 * trace({ mean, covariance }), 11);
  });

  test('of a point mass: the trace of the other', () => {
    expect(frechetDistance(diagonal([0, 0], [0, 0]), diagonal([0, 1], [2, 3]))).toBe(6);
  });
});

describe('frechetDistance', () => {
  test('is symmetric, not negative, and 0 for equal statistics', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, m, dimension, seed }) => {
        const first = await featureStatistics(normalFeatures(n, dimension, seed));
        const second = await featureStatistics(normalFeatures(m, dimension, seed + 1));
        const scale = trace(first) + trace(second);
        const distance = frechetDistance(first, second);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(Math.abs(distance - frechetDistance(second, first))).toBeLessThan(1e-12 * (1 + scale));
        expect(frechetDistance(first, first)).toBeLessThan(1e-12 * scale);
      }),
    );
  });

  test('does not change when all features are rotated, also when they span less than the space', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, m, dimension, seed }) => {
        const first = normalFeatures(n, dimension, seed);
        const second = normalFeatures(m, dimension, seed + 1);
        const rotation = orthogonalMatrix(dimension, seed);
        const distance = await frechetFeatureDistance(first, second);
        const rotated = await frechetFeatureDistance(timesMatrix(first, rotation), timesMatrix(second, rotation));
        const scale = 1 + trace(await featureStatistics(first)) + trace(await featureStatistics(second));
        expect(Math.abs(distance - rotated)).toBeLessThan(1e-7 * scale);
      }),
    );
  });

  test('does not change with the order of samples, and grows with the square of the scale', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ n, m, dimension, seed }) => {
        const first = normalFeatures(n, dimension, seed);
        const second = normalFeatures(m, dimension, seed + 1);
        const distance = await frechetFeatureDistance(first, second);
        const reversed = rowsAt(
          first,
          Array.from({ length: n }, (_, i) => n - 1 - i),
        );
        const scale = 1 + trace(await featureStatistics(first)) + trace(await featureStatistics(second));
        expect(Math.abs((await frechetFeatureDistance(reversed, second)) - distance)).toBeLessThan(1e-7 * scale);
        const tripled = await frechetFeatureDistance(
          { ...first, data: first.data.map((value) => 3 * value) },
          { ...second, data: second.data.map((value) => 3 * value) },
        );
        expect(Math.abs(tripled - 9 * distance)).toBeLessThan(1e-6 * scale);
      }),
    );
  });

  test('of singular covariances equals the value from the samples themselves', async () => {
    // Features of rank one: both distributions lie on one line.
    const direction = normalMatrix(1, 30, 5);
    const along = (values: readonly number[]): Float64Array[] => values.map((value) => direction.map((entry) => value * entry));
    const squaredLength = direction.reduce((sum, value) => sum + value * value, 0);
    const distance = await frechetFeatureDistance(along([0, 2]), along([5, 6, 7])); // N(1, 2) and N(6, 1)
    expect(distance / squaredLength).toBeCloseTo(25 + (Math.SQRT2 - 1) ** 2, 12);
  });

  test('takes statistics that were stored in float32', async () => {
    const first = await featureStatistics(normalFeatures(10, 24, 1));
    const second = await featureStatistics(normalFeatures(60, 24, 2));
    const rounded = (statistics: GaussianStatistics): GaussianStatistics => ({
      mean: Float64Array.from(new Float32Array(statistics.mean)),
      covariance: Float64Array.from(new Float32Array(statistics.covariance)),
    });
    const distance = frechetDistance(first, second);
    expect(Math.abs(frechetDistance(rounded(first), rounded(second)) - distance) / distance).toBeLessThan(1e-3);
  });

  describe('of loud features beside quiet ones', () => {
    const spread = (dimension: number, loud: number, quiet: number): GaussianStatistics =>
      diagonal(
        Array.from({ length: dimension }, () => 0),
        Array.from({ length: dimension }, (_, i) => (i === 0 ? loud : quiet)),
      );

    // pytorch-fid 0.3.0 (SciPy 1.17.1) has 9.902e-7 for the first.
    test.each([
      [1e6, 1e-8],
      [1e200, 1e-8],
      [1e-290, 1e-295],
      [2 ** 500, 2 ** -500],
    ])('keeps what the quiet ones differ by: variances %s and %s', (loud, quiet) => {
      const distance = frechetDistance(spread(100, loud, quiet), spread(100, loud, 4 * quiet));
      expect(distance / (99 * quiet)).toBeCloseTo(1, 10);
    });

    test('also where they are mixed with each other', () => {
      const quiet = 63;
      const rotation = orthogonalMatrix(quiet, 5);
      const variances = Array.from({ length: quiet }, (_, i) => (1e-8 * (1 + i / quiet)) / 20);
      const mixed = (factorOf: (i: number) => number): GaussianStatistics => {
        const covariance = new Float64Array((quiet + 1) ** 2);
        covariance[0] = 1e6;
        for (let i = 0; i < quiet; i++) {
          for (let j = 0; j <= i; j++) {
            let sum = 0;
            for (let k = 0; k < quiet; k++) sum += rotation[k * quiet + i]! * variances[k]! * factorOf(k) * rotation[k * quiet + j]!;
            covariance[(i + 1) * (quiet + 1) + j + 1] = sum;
            covariance[(j + 1) * (quiet + 1) + i + 1] = sum;
          }
        }
        return { mean: new Float64Array(quiet + 1), covariance };
      };
      const factor = (i: number): number => 1.5 + (i % 5) / 5;
      const expected = variances.reduce((sum, value, i) => sum + value * (1 - Math.sqrt(factor(i))) ** 2, 0);
      expect(
        frechetDistance(
          mixed(() => 1),
          mixed(factor),
        ) / expected,
      ).toBeCloseTo(1, 10);
    });

    test('against a set where all are as loud', () => {
      const first = diagonal(
        Array.from({ length: 200 }, () => 0),
        Array.from({ length: 200 }, (_, i) => (i === 0 ? 1 : 1e-14)),
      );
      const second = diagonal(
        Array.from({ length: 200 }, () => 0),
        Array.from({ length: 200 }, () => 1),
      );
      expect(frechetDistance(first, second) / (199 * (1 - 1e-7) ** 2)).toBeCloseTo(1, 13);
    });

    test('finds what is not positive semidefinite among the quiet ones', () => {
      const covariance = Float64Array.of(1e6, 0, 0, 0, 1e-14, 2e-14, 0, 2e-14, 1e-14);
      expect(() => frechetDistance({ mean: new Float64Array(3), covariance }, spread(3, 1, 1))).toThrow(
        'first.covariance must be positive semidefinite',
      );
    });
  });

  test.each([1e-160, 1e-100, 1e100, 1e150])('is right at the scale %s, and an error beyond float64', async (scale) => {
    const [first, second] = [await featureStatistics(normalFeatures(9, 5, 1)), await featureStatistics(normalFeatures(8, 5, 2))];
    const scaled = ({ mean, covariance }: GaussianStatistics, by: number): GaussianStatistics => ({
      mean: mean.map((value) => value * by),
      covariance: covariance.map((value) => value * by * by),
    });
    const distance = frechetDistance(first, second);
    const rounding = scale === 1e-160 ? 3 : 10; // squares of 1e-160 have few digits
    expect(frechetDistance(scaled(first, scale), scaled(second, scale)) / scale / scale / distance).toBeCloseTo(1, rounding);
    const far = { mean: first.mean.map(() => 1e200), covariance: first.covariance };
    expect(() => frechetDistance(first, far)).toThrow('the distance is larger than float64 holds');
  });

  test('says what is wrong with its arguments', () => {
    const good = diagonal([0, 0], [1, 1]);
    const from = (...covariance: number[]): GaussianStatistics => ({
      mean: new Float64Array(2),
      covariance: Float64Array.from(covariance),
    });
    expect(() => frechetDistance(undefined as never, good)).toThrow(
      'frechetDistance: first must be { mean, covariance }, two Float64Arrays, got undefined',
    );
    expect(() => frechetDistance(good, { mu: [0], sigma: [1] } as never)).toThrow(
      'second must be { mean, covariance }, two Float64Arrays, got an object with mu, sigma',
    );
    expect(() => frechetDistance(good, diagonal([0], [1]))).toThrow('frechetDistance: both must have the same dimension, got 2 and 1');
    expect(() => frechetDistance(good, from(1, 0, 0))).toThrow(
      'frechetDistance: second.covariance must have 2 × 2 = 4 values, as the mean has 2, got 3',
    );
    expect(() => frechetDistance(from(1, 0.5, 0.25, 1), good)).toThrow('first.covariance must be symmetric');
    expect(() => frechetDistance(from(1, 0, NaN, 1), good)).toThrow('first.covariance must be finite');
    expect(() => frechetDistance(diagonal([0, Infinity], [1, 1]), good)).toThrow('first.mean must be finite, got Infinity at 1');
    expect(() => frechetDistance(good, from(1, 2, 2, 1))).toThrow('second.covariance must be positive semidefinite');
    expect(() => frechetDistance(diagonal([], []), diagonal([], []))).toThrow('mean must have at least one value');
  });
});
