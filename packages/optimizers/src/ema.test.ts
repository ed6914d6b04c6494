import { tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { exponentialMovingAverage } from './ema.js';
import type { Parameters } from './parameters.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import { reversed, tensorsOf, twins, valuesOf, worstError, type Values } from './testing/records.js';

const average = (a: Values, p: Values, decay: number): Values =>
  tidy(() => {
    const result = exponentialMovingAverage(tensorsOf(a), tensorsOf(p), decay);
    return valuesOf(result);
  });

/** Applies `f` to the elements of two records of the same names. */
const combine = (a: Values, p: Values, f: (a: number, p: number) => number): Values =>
  Object.fromEntries(Object.entries(a).map(([name, numbers]) => [name, numbers.map((v, i) => f(v, p[name]?.[i] ?? NaN))]));

const decays = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);

describe.each(BACKENDS)('exponentialMovingAverage on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('is decay·average + (1 − decay)·parameters', () => {
    fc.assert(
      fc.property(twins, decays, ([a, p], decay) => {
        expect(
          worstError(
            average(a, p, decay),
            combine(a, p, (x, y) => decay * x + (1 - decay) * y),
          ),
        ).toBeLessThan(2e-6);
      }),
      { numRuns: 50 },
    );
  });
});

describe('exponentialMovingAverage', () => {
  beforeAll(() => selectBackend('cpu'));

  test('lies between the average and the parameters', () => {
    fc.assert(
      fc.property(twins, decays, ([a, p], decay) => {
        const mixed = average(a, p, decay);
        for (const [name, numbers] of Object.entries(mixed)) {
          numbers.forEach((value, i) => {
            const ends = [a[name]?.[i] ?? NaN, p[name]?.[i] ?? NaN];
            expect(value).toBeGreaterThanOrEqual(Math.min(...ends) - 2e-6);
            expect(value).toBeLessThanOrEqual(Math.max(...ends) + 2e-6);
          });
        }
      }),
    );
  });

  test('decay 0 copies the parameters and decay 1 keeps the average, to the bit', () => {
    fc.assert(
      fc.property(twins, ([a, p]) => {
        expect(worstError(average(a, p, 0), p)).toBe(0);
        expect(worstError(average(a, p, 1), a)).toBe(0);
      }),
    );
  });

  test('equal records stay as they are, and the order of names does not matter', () => {
    fc.assert(
      fc.property(twins, decays, ([a, p], decay) => {
        expect(worstError(average(a, a, decay), a)).toBe(0);
        expect(average(reversed(a), p, decay)).toEqual(average(a, p, decay));
      }),
    );
  });

  test('keeps shapes, leaves its inputs untouched, and makes only its results', () => {
    const a = { s: tensor(1), m: tensor([1, 2, 3, 4], [2, 2]) };
    const p = { m: tensor([5, 6, 7, 8], [2, 2]), s: tensor(2) };
    expect(tensorsLeft(() => exponentialMovingAverage(a, p, 0.5))).toBe(2);
    const next = exponentialMovingAverage(a, p, 0.5);
    expect(next.m?.shape).toEqual([2, 2]);
    expect(valuesOf(next)).toEqual({ s: [1.5], m: [3, 4, 5, 6] });
    expect(valuesOf(a)).toEqual({ s: [1], m: [1, 2, 3, 4] });
  });

  test('what does not fit is refused by name', () => {
    tidy(() => {
      const a: Parameters = { w: tensor([1, 2]) };
      expect(() => exponentialMovingAverage(a, a, 1.5)).toThrow('exponentialMovingAverage: decay must be in [0, 1], got 1.5');
      expect(() => exponentialMovingAverage(a, a, NaN)).toThrow('decay must be in [0, 1], got NaN');
      expect(() => exponentialMovingAverage(a, { v: tensor([1]) }, 0.5)).toThrow("missing 'w'; unexpected 'v'");
      expect(() => exponentialMovingAverage(a, { w: tensor([1]) }, 0.5)).toThrow(
        "parameter 'w' must have the parameter's shape [2], got [1]",
      );
    });
  });
});
