import { grad, scalar, square, sum, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { lazyAdamRates, lazyPenalty } from './lazy-regularization.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { gradientOf, sum64, valueOf, worstError } from './testing/numbers.js';

const interval = fc.integer({ min: 1, max: 64 });

describe('lazyPenalty', () => {
  beforeAll(() => selectBackend('cpu'));
  const at = (iteration: number, k: number, value = 3): number => {
    const penalty = lazyPenalty(() => scalar(value), { iteration, interval: k });
    return penalty === undefined ? 0 : valueOf(() => penalty);
  };

  test('adds up, over any whole number of intervals, to the penalty at every iteration', () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 1000 }), (k, rounds, start) => {
        const charged = sum64(Array.from({ length: k * rounds }, (_, i) => at(start + i, k)));
        expect(charged).toBe(3 * k * rounds);
      }),
    );
  });

  test('is due at the first iteration and at every multiple of the interval, and nowhere else', () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 0, max: 1e9 }), (k, iteration) => {
        expect(at(iteration, k) > 0).toBe(iteration % k === 0);
        expect(at(0, k)).toBeGreaterThan(0);
      }),
    );
  });

  test('computes nothing where none is due', () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 0, max: 1000 }), (k, iteration) => {
        let runs = 0;
        lazyPenalty(
          () => {
            runs += 1;
            return scalar(1);
          },
          { iteration, interval: k },
        );
        expect(runs).toBe(iteration % k === 0 ? 1 : 0);
      }),
    );
  });

  test('with an interval of 1 is the penalty itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: -100, max: 100 }), (iteration, value) => {
        expect(at(iteration, 1, value)).toBe(value);
      }),
    );
  });

  test('has k times the penalty’s gradient', () => {
    fc.assert(
      fc.property(interval, (k) => {
        const gradient = gradientOf((x) => lazyPenalty(() => sum(square(x)), { iteration: 2 * k, interval: k })!, [0.5, -2]);
        expect(worstError(gradient, [k, -4 * k])).toBeLessThan(1e-6);
      }),
    );
  });

  test('refuses iterations and intervals that are none', () => {
    expect(() => lazyPenalty(() => scalar(1), { iteration: -1, interval: 2 })).toThrow(
      'lazyPenalty: iteration must be a whole number ≥ 0, got -1',
    );
    expect(() => lazyPenalty(() => scalar(1), { iteration: 0, interval: 0 })).toThrow(
      'lazyPenalty: interval must be a whole number ≥ 1, got 0',
    );
    expect(() => lazyPenalty(() => scalar(1), { iteration: 0, interval: 1.5 })).toThrow('got 1.5');
  });

  test('leaves nothing but the result in memory', () => {
    const x = tensor1d([1, 2]);
    expect(tensorsLeft(() => lazyPenalty(() => sum(square(x)), { iteration: 0, interval: 4 }))).toBe(1);
    expect(tensorsLeft(() => lazyPenalty(() => sum(square(x)), { iteration: 1, interval: 4 }))).toBe(0);
    expect(tensorsLeft(() => grad((p: Tensor) => lazyPenalty(() => sum(square(p)), { iteration: 0, interval: 4 })!)(x))).toBe(1);
  });
});

describe('lazyAdamRates', () => {
  const beta = fc.integer({ min: 0, max: 999 }).map((n) => n / 1000);
  const rates = fc.record({ learningRate: fc.integer({ min: 1, max: 1000 }).map((n) => n / 1e5), beta1: beta, beta2: beta });

  test('makes k + 1 steps move and forget as much as k did', () => {
    fc.assert(
      fc.property(rates, interval, (given, k) => {
        const lazy = lazyAdamRates(given, k);
        expect((k + 1) * lazy.learningRate).toBeCloseTo(k * given.learningRate, 12);
        expect(lazy.beta1 ** (k + 1)).toBeCloseTo(given.beta1 ** k, 12);
        expect(lazy.beta2 ** (k + 1)).toBeCloseTo(given.beta2 ** k, 12);
      }),
    );
  });

  test('is StyleGAN2’s for its interval of 16', () => {
    const { learningRate, beta1, beta2 } = lazyAdamRates({ learningRate: 0.002, beta1: 0, beta2: 0.99 }, 16);
    expect([learningRate, beta1, beta2]).toEqual([0.002 * (16 / 17), 0, 0.99 ** (16 / 17)]);
  });

  test('stays in range, slower and forgetting later, and is nearly the same for long intervals', () => {
    fc.assert(
      fc.property(rates, interval, (given, k) => {
        const lazy = lazyAdamRates(given, k);
        expect(lazy.learningRate).toBeLessThan(given.learningRate);
        expect(lazy.beta1 >= given.beta1 && lazy.beta1 < 1).toBe(true);
        expect(lazy.beta2 >= given.beta2 && lazy.beta2 < 1).toBe(true);
        expect(lazyAdamRates(given, 1e9).beta2).toBeCloseTo(given.beta2, 6);
      }),
    );
  });

  test('refuses settings out of range', () => {
    const rate = { learningRate: 1e-3, beta1: 0, beta2: 0.99 };
    expect(() => lazyAdamRates({ ...rate, beta2: 1 }, 4)).toThrow('lazyAdamRates: beta2 must be below 1, got 1');
    expect(() => lazyAdamRates({ ...rate, learningRate: 0 }, 4)).toThrow('lazyAdamRates: learningRate must be a finite number > 0, got 0');
    expect(() => lazyAdamRates(rate, 0)).toThrow('lazyAdamRates: interval must be a whole number ≥ 1, got 0');
  });
});
