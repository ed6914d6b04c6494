import { grad, tensor, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { charbonnierLoss, l1Loss, l2Loss, type Distance } from './distances.js';
import { batchOf, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { describeMeanAbsoluteDifference } from './testing/mean-absolute-difference-properties.js';
import { gradientOf, mean64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

describeMeanAbsoluteDifference('l1Loss', l1Loss);

const pairs = batchOf(2, 8).map(({ shape, tensors: [a = [], b = []] }) => ({ shape, a, b }));
const FAMILY: { name: string; loss: Distance; exact: (difference: number) => number }[] = [
  { name: 'l1Loss', loss: l1Loss, exact: Math.abs },
  { name: 'l2Loss', loss: l2Loss, exact: (d) => d * d },
  {
    name: 'charbonnierLoss',
    loss: (a, b, options) => charbonnierLoss(a, b, { epsilon: 0.25, ...options }),
    exact: (d) => Math.sqrt(d * d + 0.0625),
  },
];

for (const { name, loss, exact } of FAMILY) {
  describeDerivatives({
    name,
    inputs: [
      { values: [0.5, -1.5, 2, 3, -1, 0.25], shape: [2, 3] },
      { values: [1, -2, 2.5, 1, -1.5, 1], shape: [2, 3] },
    ],
    loss: (a, b) => loss(a, b),
    exact: (a, b) => mean64(a.map((v, i) => exact(v - b[i]!))),
  });
}

describe.each(FAMILY)('the distance $name', ({ name, loss, exact }) => {
  beforeAll(() => selectBackend('cpu'));
  const value = (a: number[], b: number[], shape: [number, number]): number => valueOf(() => loss(tensor2d(a, shape), tensor2d(b, shape)));

  test('is the mean of its formula over the elements, and its reductions agree', () => {
    fc.assert(
      fc.property(pairs, ({ shape, a, b }) => {
        const each = Array.from({ length: shape[0] }, (_, row) =>
          mean64(a.slice(row * shape[1], (row + 1) * shape[1]).map((v, i) => exact(v - b[row * shape[1] + i]!))),
        );
        expectReductions((options) => loss(tensor2d(a, shape), tensor2d(b, shape), options), each, 2e-6);
      }),
    );
  });

  test('is symmetric', () => {
    fc.assert(
      fc.property(pairs, ({ shape, a, b }) => {
        expect(value(a, b, shape)).toBe(value(b, a, shape));
      }),
    );
  });

  test('is least where the two are equal, with no gradient there', () => {
    fc.assert(
      fc.property(pairs, ({ shape, a, b }) => {
        expect(value(a, a, shape)).toBeLessThanOrEqual(value(a, b, shape));
        expect(worstError([value(a, a, shape)], [exact(0)])).toBeLessThan(1e-6);
        expect(gradientOf((x) => loss(x, tensor2d(a, shape)), a, shape).every((g) => Math.abs(g) === 0)).toBe(true);
      }),
    );
  });

  test('does not change when the same is added to both', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: -8, max: 8 }), ({ shape, a, b }, shift) => {
        const moved = value(
          a.map((v) => v + shift),
          b.map((v) => v + shift),
          shape,
        );
        expect(worstError([moved], [value(a, b, shape)])).toBeLessThan(3e-5);
      }),
    );
  });

  test('grows when the two move further apart', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(1.5, 2, 4), ({ shape, a, b }, factor) => {
        const further = a.map((v, i) => b[i]! + factor * (v - b[i]!));
        expect(value(further, b, shape)).toBeGreaterThanOrEqual(value(a, b, shape) - 1e-6);
      }),
    );
  });

  test('keeps its samples apart, in any order', () => {
    fc.assert(
      fc.property(pairs, ({ shape, a, b }) => {
        const each = (x: number[], y: number[]): number[] =>
          valuesOf(() => loss(tensor2d(x, shape), tensor2d(y, shape), { reduction: 'none' }));
        expect(each(reversedRows(a, shape[1]), reversedRows(b, shape[1]))).toEqual(each(a, b).reverse());
      }),
    );
  });

  test('is finite in value and gradient for values up to 1e4', () => {
    fc.assert(
      fc.property(batchOf(2, 1e4), ({ shape, tensors: [a = [], b = []] }) => {
        expect([value(a, b, shape), ...gradientOf((x) => loss(x, tensor2d(b, shape)), a, shape)].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('refuses shapes and types that do not fit, by name', () => {
    expect(() => loss(tensor([1]), tensor([1, 2]))).toThrow(`${name}: target and reconstruction must have the same shape, got [1] and [2]`);
    expect(() => loss(tensor([1]), tensor([1], [1], 'int32'))).toThrow(`${name}: reconstruction must be float32, got int32`);
  });

  test('leaves nothing but the result in memory', () => {
    const a = tensor2d([1, 2, 3, 4], [2, 2]);
    for (const reduction of ['mean', 'none', 'sum'] as const) expect(tensorsLeft(() => loss(a, a, { reduction }))).toBe(1);
    expect(tensorsLeft(() => grad((x: Tensor) => loss(x, a))(a))).toBe(1);
  });
});

describe('charbonnierLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  test('lies between |d| and |d| + ε, and its slope never exceeds that of L1', () => {
    fc.assert(
      fc.property(pairs, ({ shape, a, b }) => {
        const smooth = valueOf(() => charbonnierLoss(tensor2d(a, shape), tensor2d(b, shape)));
        const sharp = valueOf(() => l1Loss(tensor2d(a, shape), tensor2d(b, shape)));
        expect(smooth).toBeGreaterThanOrEqual(sharp - 1e-6);
        expect(smooth).toBeLessThanOrEqual(sharp + 1e-3 + 1e-6);
        for (const slope of gradientOf((x) => charbonnierLoss(x, tensor2d(b, shape)), a, shape))
          expect(Math.abs(slope) * a.length).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
  });

  test('refuses an epsilon that would leave the corner in', () => {
    expect(() => charbonnierLoss(tensor([1]), tensor([1]), { epsilon: 0 })).toThrow(
      'charbonnierLoss: epsilon must be a finite number > 0, got 0',
    );
  });
});
