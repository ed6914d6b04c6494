import { grad, tensor, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LossOptions } from '../reduction.js';
import { batchOf, reversedRows } from './arbitraries.js';
import { BACKENDS, selectBackend, tensorsLeft } from './backends.js';
import { gradientOf, mean64, numericalGradient, valueOf, valuesOf, worstError } from './numbers.js';

type PairLoss = (first: Tensor, second: Tensor, options?: LossOptions) => Tensor;

const pairs = batchOf(2, 100).map(({ shape, tensors: [a = [], b = []] }) => ({ shape, a, b }));

/** The laws of a mean absolute difference, which equations (2), (3) and (4) all are. */
export function describeMeanAbsoluteDifference(name: string, loss: PairLoss): void {
  const value = (a: number[], b: number[], shape: [number, number], options?: LossOptions): number =>
    valueOf(() => loss(tensor2d(a, shape), tensor2d(b, shape), options));

  describe(`${name} is a mean absolute difference`, () => {
    beforeAll(() => selectBackend('cpu'));

    test('it equals the float64 mean of |a − b|', () => {
      fc.assert(
        fc.property(pairs, ({ shape, a, b }) => {
          const expected = mean64(a.map((x, i) => Math.abs(x - (b[i] ?? NaN))));
          expect(worstError([value(a, b, shape)], [expected])).toBeLessThan(1e-6);
        }),
      );
    });

    test('it is never negative, is symmetric, and is exactly zero for equal tensors', () => {
      fc.assert(
        fc.property(pairs, ({ shape, a, b }) => {
          expect(value(a, b, shape)).toBeGreaterThanOrEqual(0);
          expect(value(a, b, shape)).toBe(value(b, a, shape));
          expect(value(a, a, shape)).toBe(0);
        }),
      );
    });

    test('it is homogeneous of degree 1: powers of two scale it exactly', () => {
      fc.assert(
        fc.property(pairs, fc.constantFrom(-4, -1, 0.5, 2), ({ shape, a, b }, factor) => {
          const scaled = value(
            a.map((x) => x * factor),
            b.map((x) => x * factor),
            shape,
          );
          expect(worstError([scaled], [Math.abs(factor) * value(a, b, shape)], 1e-30)).toBeLessThan(1e-6);
        }),
      );
    });

    test('adding the same to both leaves it', () => {
      fc.assert(
        fc.property(pairs, fc.integer({ min: -50, max: 50 }), ({ shape, a, b }, shift) => {
          const shifted = value(
            a.map((x) => x + shift),
            b.map((x) => x + shift),
            shape,
          );
          expect(worstError([shifted], [value(a, b, shape)])).toBeLessThan(1e-4);
        }),
      );
    });

    test('the order of the samples does not matter', () => {
      fc.assert(
        fc.property(pairs, ({ shape, a, b }) => {
          const reversed = value(reversedRows(a, shape[1]), reversedRows(b, shape[1]), shape);
          expect(worstError([reversed], [value(a, b, shape)])).toBeLessThan(1e-6);
        }),
      );
    });

    test('the reductions agree: none is [batch], sum adds it up, mean averages it', () => {
      fc.assert(
        fc.property(pairs, ({ shape, a, b }) => {
          const each = valuesOf(() => loss(tensor2d(a, shape), tensor2d(b, shape), { reduction: 'none' }));
          expect(each).toHaveLength(shape[0]);
          const perSample = Array.from({ length: shape[0] }, (_, row) =>
            mean64(a.slice(row * shape[1], (row + 1) * shape[1]).map((x, i) => Math.abs(x - (b[row * shape[1] + i] ?? NaN)))),
          );
          expect(worstError(each, perSample)).toBeLessThan(1e-6);
          expect(worstError([value(a, b, shape, { reduction: 'mean' })], [mean64(each)])).toBeLessThan(1e-6);
          expect(worstError([value(a, b, shape, { reduction: 'sum' })], [mean64(each) * shape[0]])).toBeLessThan(1e-6);
        }),
      );
    });

    test('values up to 1e4 give finite losses and gradients', () => {
      fc.assert(
        fc.property(batchOf(2, 1e4), ({ shape, tensors: [a = [], b = []] }) => {
          const gradient = gradientOf((x) => loss(x, tensor2d(b, shape)), a, shape);
          expect([value(a, b, shape), ...gradient].every(Number.isFinite)).toBe(true);
        }),
      );
    });

    test('images keep their samples apart', () => {
      const each = valuesOf(() =>
        loss(tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2, 1]), tensor([0, 0, 0, 0, 5, 6, 7, 9], [2, 2, 2, 1]), { reduction: 'none' }),
      );
      expect(each).toEqual([2.5, 0.25]);
    });

    test('shapes that differ are refused by name instead of being broadcast', () => {
      const wrong = (): Tensor => loss(tensor2d([1, 2], [2, 1]), tensor2d([1, 2, 3, 4], [2, 2]));
      expect(wrong).toThrow(new RegExp(`^${name}: \\w+ and \\w+ must have the same shape, got \\[2, 1\\] and \\[2, 2\\]$`));
    });

    test('integers, scalars, empty batches and unknown reductions are refused', () => {
      const x = tensor2d([1, 2], [2, 1]);
      expect(() => loss(tensor2d([1, 2], [2, 1], 'int32'), x)).toThrow(`${name}: `);
      expect(() => loss(tensor(1), tensor(1))).toThrow('at least one sample');
      expect(() => loss(tensor([], [0, 3]), tensor([], [0, 3]))).toThrow('at least one sample');
      expect(() => loss(x, x, { reduction: 'max' as 'mean' })).toThrow("'mean', 'sum' or 'none', got \"max\"");
    });

    test('nothing but the result is left in memory', () => {
      const a = tensor2d([1, 2, 3, 4], [2, 2]);
      const b = tensor2d([4, 3, 2, 1], [2, 2]);
      for (const reduction of ['mean', 'none', 'sum'] as const) {
        expect(tensorsLeft(() => loss(a, b, { reduction }))).toBe(1);
      }
      expect(tensorsLeft(() => grad((x: Tensor) => loss(x, b))(a))).toBe(1);
    });
  });

  describe.each(BACKENDS)(`${name} on %s`, (backend) => {
    beforeAll(() => selectBackend(backend));

    test('its gradient is that of the float64 loss, and zero where the tensors are equal', () => {
      const a = [0.5, -1.5, 2, 3, -4, 0];
      const b = [1, -2, 2.5, -3, -4.5, 1];
      const expected = numericalGradient((x) => mean64(x.map((v, i) => Math.abs(v - (b[i] ?? NaN)))), a);
      const gradient = (other: number[]): number[] => gradientOf((x) => loss(x, tensor2d(other, [2, 3])), a, [2, 3]);
      expect(worstError(gradient(b), expected)).toBeLessThan(1e-6);
      expect(gradient(a)).toEqual([0, 0, 0, 0, 0, 0]);
    });
  });
}
