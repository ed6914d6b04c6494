import { grad, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { klToStandardNormal } from './divergence.js';
import { batchOf, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

const element64 = (mean: number, logVariance: number): number => (Math.exp(logVariance) + mean ** 2 - 1 - logVariance) / 2;
const divergences64 = (mean: number[], logVariance: number[], width: number): number[] =>
  Array.from({ length: mean.length / width }, (_, row) =>
    sum64(mean.slice(row * width, (row + 1) * width).map((m, i) => element64(m, logVariance[row * width + i]!))),
  );
const codes = batchOf(2, 4).map(({ shape, tensors: [mean = [], logVariance = []] }) => ({ shape, mean, logVariance }));

describeDerivatives({
  name: 'klToStandardNormal',
  inputs: [
    { values: [0.5, -1, 2, 0.25], shape: [2, 2] },
    { values: [0.5, -2, 0.1, 1], shape: [2, 2] },
  ],
  loss: (mean, logVariance) => klToStandardNormal(mean, logVariance),
  exact: (mean, logVariance) => mean64(divergences64(mean, logVariance, 2)),
});

describe('klToStandardNormal', () => {
  beforeAll(() => selectBackend('cpu'));
  const value = (mean: number[], logVariance: number[], shape: [number, number]): number =>
    valueOf(() => klToStandardNormal(tensor2d(mean, shape), tensor2d(logVariance, shape)));

  test('is the sum of its formula over the dimensions, and its reductions agree', () => {
    fc.assert(
      fc.property(codes, ({ shape, mean, logVariance }) => {
        expectReductions(
          (options) => klToStandardNormal(tensor2d(mean, shape), tensor2d(logVariance, shape), options),
          divergences64(mean, logVariance, shape[1]),
          2e-6,
        );
      }),
    );
  });

  test('is 0 for the standard normal, and never negative', () => {
    fc.assert(
      fc.property(codes, ({ shape, mean, logVariance }) => {
        const zeros = mean.map(() => 0);
        expect(value(zeros, zeros, shape)).toBe(0);
        // Float32 may round a divergence of 1e-7 below 0.
        expect(value(mean, logVariance, shape)).toBeGreaterThanOrEqual(-1e-6);
      }),
    );
  });

  test('agrees with the integral that defines it', () => {
    // ∫ p log(p/q) by the midpoint rule over ± 12 deviations.
    const integral = (mean: number, logVariance: number): number => {
      const deviation = Math.exp(logVariance / 2);
      const step = (24 * deviation) / 4000;
      return sum64(
        Array.from({ length: 4000 }, (_, i) => {
          const x = mean - 12 * deviation + (i + 0.5) * step;
          const logP = -((x - mean) ** 2) / (2 * deviation ** 2) - logVariance / 2;
          const logQ = -(x ** 2) / 2;
          return ((Math.exp(logP) * (logP - logQ)) / Math.sqrt(2 * Math.PI)) * step;
        }),
      );
    };
    fc.assert(
      fc.property(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -12, max: 12 }), (m, v) => {
        expect(worstError([value([m / 4], [v / 4], [1, 1])], [integral(m / 4, v / 4)])).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });

  test('does not depend on the sign of the mean', () => {
    fc.assert(
      fc.property(codes, ({ shape, mean, logVariance }) => {
        expect(
          value(
            mean.map((m) => -m),
            logVariance,
            shape,
          ),
        ).toBe(value(mean, logVariance, shape));
      }),
    );
  });

  test('has as its gradients the mean, and half of the variance minus one', () => {
    fc.assert(
      fc.property(codes, ({ shape, mean, logVariance }) => {
        const ofMean = gradientOf((m) => klToStandardNormal(m, tensor2d(logVariance, shape), { reduction: 'sum' }), mean, shape);
        const ofVariance = gradientOf((v) => klToStandardNormal(tensor2d(mean, shape), v, { reduction: 'sum' }), logVariance, shape);
        expect(worstError(ofMean, mean)).toBeLessThan(1e-6);
        expect(
          worstError(
            ofVariance,
            logVariance.map((v) => (Math.exp(v) - 1) / 2),
          ),
        ).toBeLessThan(1e-6);
      }),
    );
  });

  test('is the sum over dimensions that are given separately', () => {
    fc.assert(
      fc.property(codes, ({ shape, mean, logVariance }) => {
        const whole = valueOf(() => klToStandardNormal(tensor2d(mean, shape), tensor2d(logVariance, shape), { reduction: 'sum' }));
        const apart = sum64(mean.map((m, i) => value([m], [logVariance[i]!], [1, 1])));
        expect(worstError([whole], [apart])).toBeLessThan(1e-5);
      }),
    );
  });

  test('does not depend on the order of the samples', () => {
    fc.assert(
      fc.property(codes, ({ shape, mean, logVariance }) => {
        const each = (m: number[], v: number[]): number[] =>
          valuesOf(() => klToStandardNormal(tensor2d(m, shape), tensor2d(v, shape), { reduction: 'none' }));
        expect(each(reversedRows(mean, shape[1]), reversedRows(logVariance, shape[1]))).toEqual(each(mean, logVariance).reverse());
      }),
    );
  });

  test('is finite in value and gradient for means and log variances up to 1e4, and pulls back from there', () => {
    fc.assert(
      fc.property(batchOf(2, 1e4), ({ shape, tensors: [mean = [], logVariance = []] }) => {
        const slope = gradientOf((v) => klToStandardNormal(tensor2d(mean, shape), v), logVariance, shape);
        expect([value(mean, logVariance, shape), ...slope].every(Number.isFinite)).toBe(true);
        logVariance.forEach((v, i) => {
          if (v > 1) expect(slope[i]).toBeGreaterThan(0);
          if (v < -1) expect(slope[i]).toBeLessThan(0);
        });
      }),
    );
  });

  test('refuses shapes that differ, and leaves nothing but the result in memory', () => {
    const x = tensor2d([1, 2], [1, 2]);
    expect(() => klToStandardNormal(x, tensor2d([1, 2], [2, 1]))).toThrow(
      'klToStandardNormal: mean and logVariance must have the same shape, got [1, 2] and [2, 1]',
    );
    for (const reduction of ['mean', 'none', 'sum'] as const) expect(tensorsLeft(() => klToStandardNormal(x, x, { reduction }))).toBe(1);
    expect(tensorsLeft(() => grad((m: Tensor) => klToStandardNormal(m, x))(x))).toBe(1);
  });
});
