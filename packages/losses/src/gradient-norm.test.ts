import { grad, matMul, reshape, sqrt, square, sum, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradientNorm, gradientNormPenaltyOfGradient } from './gradient-norm.js';
import { outputsAndInputGradient } from './gradient-penalty.js';
import { batchOf, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

const batches = batchOf(1, 4).map(({ shape, tensors: [values = []] }) => ({ shape, values }));
const norms64 = (values: readonly number[], features: number): number[] =>
  Array.from({ length: values.length / features }, (_, row) => Math.hypot(...values.slice(row * features, (row + 1) * features)));

const AT = { values: [0.5, -1, 2, 0.1, 0.2, -0.2], shape: [2, 3] };
describeDerivatives({
  name: 'gradientNormPenaltyOfGradient',
  inputs: [AT],
  loss: (g) => gradientNormPenaltyOfGradient(g),
  exact: (g) => mean64(norms64(g, 3).map((norm) => (norm - 1) ** 2)),
});
describeDerivatives({
  name: 'gradientNormPenaltyOfGradient, one-sided',
  inputs: [AT],
  loss: (g) => gradientNormPenaltyOfGradient(g, { oneSided: true, target: 0.75 }),
  exact: (g) => mean64(norms64(g, 3).map((norm) => Math.max(0, norm - 0.75) ** 2)),
});

describe('a penalty on the norm of a gradient', () => {
  beforeAll(() => selectBackend('cpu'));

  test('has the norms of float64, and reductions that agree', () => {
    fc.assert(
      fc.property(batches, ({ shape, values }) => {
        const norms = norms64(values, shape[1]);
        expect(
          worstError(
            valuesOf(() => gradientNorm(tensor2d(values, shape))),
            norms,
          ),
        ).toBeLessThan(1e-6);
        expectReductions(
          (options) => gradientNormPenaltyOfGradient(tensor2d(values, shape), options),
          norms.map((n) => (n - 1) ** 2),
          3e-6,
        );
      }),
    );
  });

  test('is never negative, and 0 at the target', () => {
    fc.assert(
      fc.property(batches, ({ shape, values }) => {
        expect(
          Math.min(...valuesOf(() => gradientNormPenaltyOfGradient(tensor2d(values, shape), { reduction: 'none' }))),
        ).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(valueOf(() => gradientNormPenaltyOfGradient(tensor2d([3, 4], [1, 2]), { target: 5 }))).toBe(0);
    expect(valueOf(() => gradientNormPenaltyOfGradient(tensor2d([0.6, -0.8], [1, 2])))).toBeLessThan(1e-12);
  });

  test('is the same whichever way the gradient points', () => {
    fc.assert(
      fc.property(batches, fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }), ({ shape, values }, flips) => {
        const penalty = (at: number[]): number => valueOf(() => gradientNormPenaltyOfGradient(tensor2d(at, shape)));
        expect(penalty(values.map((v, i) => (flips[i] === true ? -v : v)))).toBe(penalty(values));
      }),
    );
  });

  test('charges what one side charges above and below the target: one-sided is the part above', () => {
    fc.assert(
      fc.property(batches, ({ shape, values }) => {
        const both = valuesOf(() => gradientNormPenaltyOfGradient(tensor2d(values, shape), { reduction: 'none' }));
        const above = valuesOf(() => gradientNormPenaltyOfGradient(tensor2d(values, shape), { reduction: 'none', oneSided: true }));
        const norms = valuesOf(() => gradientNorm(tensor2d(values, shape)));
        expect(above).toEqual(both.map((charge, i) => (norms[i]! > 1 ? charge : 0)));
      }),
    );
  });

  test('keeps its samples apart, in any order', () => {
    fc.assert(
      fc.property(batches, ({ shape, values }) => {
        const each = valuesOf(() => gradientNormPenaltyOfGradient(tensor2d(values, shape), { reduction: 'none' }));
        const reversed = valuesOf(() =>
          gradientNormPenaltyOfGradient(tensor2d(reversedRows(values, shape[1]), shape), { reduction: 'none' }),
        );
        expect(worstError(reversed, [...each].reverse())).toBeLessThan(1e-6);
      }),
    );
  });

  test('has a finite gradient where the norm is 0, which is 0 as in PyTorch; a plain root has none', () => {
    expect(gradientOf((g) => gradientNormPenaltyOfGradient(g), [0, 0, 3, 4], [2, 2])).toEqual([
      0, 0, 2.4000000953674316, 3.200000047683716,
    ]);
    expect(gradientOf((g) => sqrt(sum(square(g), 1)), [0, 0], [1, 2])).toEqual([NaN, NaN]);
  });

  test('survives a critic that is flat, and one with gradients of 1e4, in value and parameter gradient', () => {
    for (const size of [0, 1e-10, 1e4, -1e4]) {
      const penalty = (w: Tensor): Tensor =>
        gradientNormPenaltyOfGradient(
          outputsAndInputGradient((x) => matMul(x as Tensor2D, reshape(w, [-1, 1])), tensor2d([1, 2, 3, 4], [2, 2])).gradient,
        );
      expect([valueOf(() => penalty(tensor1d([size, size]))), ...gradientOf(penalty, [size, size])].every(Number.isFinite)).toBe(true);
    }
  });

  test('sums over pixels and channels', () => {
    expect(valuesOf(() => gradientNorm(tensor([1, 1, 1, 1, 2, 2, 2, 2], [2, 2, 1, 2])))).toEqual([2, 4]);
  });

  test('refuses a target that cannot be meant, and gradients that are none', () => {
    expect(() => gradientNormPenaltyOfGradient(tensor2d([1], [1, 1]), { target: -1 })).toThrow(
      'gradientNormPenaltyOfGradient: target must be a finite number ≥ 0, got -1',
    );
    expect(() => gradientNorm(tensor(1))).toThrow('gradient must be [batch, ...]');
  });

  test('leaves nothing but the result in memory', () => {
    const g = tensor2d([1, 2, 3, 4], [2, 2]);
    expect(tensorsLeft(() => gradientNorm(g))).toBe(1);
    expect(tensorsLeft(() => gradientNormPenaltyOfGradient(g, { oneSided: true }))).toBe(1);
    expect(tensorsLeft(() => grad((x: Tensor) => gradientNormPenaltyOfGradient(x))(g))).toBe(1);
  });
});
