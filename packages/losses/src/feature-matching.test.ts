import { grad, mul, tensor1d, tensor2d, variable, variableGrads } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { l2Loss } from './distances.js';
import { featureMatchingLoss, meanFeatureMatchingLoss } from './feature-matching.js';
import { batchOf, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, rows, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

const A = { values: [0.5, -1, 2, 1.5], shape: [2, 2] };
const B = { values: [1, -2, 0.5, -1], shape: [2, 2] };
const C = { values: [0.5, 3, -1, 1, 2, 0.25], shape: [2, 3] };
const D = { values: [1, 1, 1, -1, -1, -1], shape: [2, 3] };
const L2 = (a: number[], b: number[]): number => mean64(a.map((v, i) => (v - b[i]!) ** 2));
const L1 = (a: number[], b: number[]): number => mean64(a.map((v, i) => Math.abs(v - b[i]!)));

describeDerivatives({
  name: 'featureMatchingLoss',
  inputs: [A, C, B, D],
  constants: [0, 1],
  loss: (a, c, b, d) => featureMatchingLoss([a, c], [b, d], { weights: [1, 0.5] }),
  exact: (a, c, b, d) => L1(a, b) + 0.5 * L1(c, d),
});
describeDerivatives({
  name: 'featureMatchingLoss with L2',
  inputs: [A, B],
  constants: [0],
  loss: (a, b) => featureMatchingLoss([a], [b], { distance: l2Loss }),
  exact: (a, b) => L2(a, b),
});
describeDerivatives({
  name: 'meanFeatureMatchingLoss',
  inputs: [C, D],
  constants: [0],
  loss: (a, b) => meanFeatureMatchingLoss(a, b),
  exact: (a, b) => sum64([0, 1, 2].map((k) => ((a[k]! + a[k + 3]!) / 2 - (b[k]! + b[k + 3]!) / 2) ** 2)),
});

const layers = fc
  .tuple(
    batchOf(2, 8),
    fc.integer({ min: 0, max: 8 }).map((n) => n / 4),
  )
  .map(
    ([
      {
        shape,
        tensors: [real = [], fake = []],
      },
      weight,
    ]) => ({ shape, real, fake, weight }),
  );

describe('featureMatchingLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  test('is the weighted sum of the layers’ mean absolute differences, and its reductions agree', () => {
    fc.assert(
      fc.property(layers, ({ shape, real, fake, weight }) => {
        const others = rows(fake, shape[1]);
        // A second layer: the same features the other way round.
        const each = rows(real, shape[1]).map((row, i) => (1 + weight) * L1(row, others[i]!));
        const loss = (options: object): Tensor =>
          featureMatchingLoss([tensor2d(real, shape), tensor2d(fake, shape)], [tensor2d(fake, shape), tensor2d(real, shape)], {
            weights: [1, weight],
            ...options,
          });
        expectReductions(loss, each, 3e-6);
      }),
    );
  });

  test('is never negative, 0 for equal features, and symmetric in value', () => {
    fc.assert(
      fc.property(layers, ({ shape, real, fake }) => {
        const value = (a: number[], b: number[]): number => valueOf(() => featureMatchingLoss([tensor2d(a, shape)], [tensor2d(b, shape)]));
        expect(value(real, fake)).toBeGreaterThanOrEqual(0);
        expect(value(real, real)).toBe(0);
        expect(value(real, fake)).toBe(value(fake, real));
      }),
    );
  });

  test('gives gradient to the generated features only', () => {
    fc.assert(
      fc.property(layers, ({ shape, real, fake }) => {
        const w = variable(tensor1d([2]));
        const { value, grads } = variableGrads(
          () => featureMatchingLoss([mul(tensor2d(real, shape), w)], [mul(tensor2d(fake, shape), w)]),
          [w],
        );
        // d/dw mean |2·real − w·fake| at w = 2, the real side being a constant.
        const slope = mean64(real.map((r, i) => -Math.sign(r - fake[i]!) * fake[i]!));
        expect(
          worstError(
            valuesOf(() => grads[w.name]!),
            [slope],
            8,
          ),
        ).toBeLessThan(1e-6);
        value.dispose();
        w.dispose();
      }),
    );
  });

  test('layers with weight 0 do not count, and weights are 1 by default', () => {
    fc.assert(
      fc.property(layers, ({ shape, real, fake }) => {
        const [a, b] = [tensor2d(real, shape), tensor2d(fake, shape)];
        const one = valueOf(() => featureMatchingLoss([a], [b]));
        expect(valueOf(() => featureMatchingLoss([a, a], [b, b], { weights: [1, 0] }))).toBe(one);
        expect(worstError([valueOf(() => featureMatchingLoss([a, a], [b, b]))], [2 * one])).toBeLessThan(1e-6);
      }),
    );
  });

  test('does not depend on the order of the samples', () => {
    fc.assert(
      fc.property(layers, ({ shape, real, fake }) => {
        const each = (a: number[], b: number[]): number[] =>
          valuesOf(() => featureMatchingLoss([tensor2d(a, shape)], [tensor2d(b, shape)], { reduction: 'none' }));
        expect(each(reversedRows(real, shape[1]), reversedRows(fake, shape[1]))).toEqual(each(real, fake).reverse());
      }),
    );
  });

  test('refuses layers that do not fit, and leaves nothing but the result in memory', () => {
    const x = tensor2d([1, 2], [1, 2]);
    expect(() => featureMatchingLoss([], [])).toThrow('featureMatchingLoss: features must hold at least one layer, got none');
    expect(() => featureMatchingLoss([x], [x, x])).toThrow(
      'featureMatchingLoss: realFeatures and fakeFeatures must have the same layers, got 1 and 2',
    );
    expect(() => featureMatchingLoss([x], [x], { weights: [] })).toThrow(
      'featureMatchingLoss: weights must hold one number per layer, got 0 for 1',
    );
    expect(() => featureMatchingLoss([x], [tensor2d([1], [1, 1])])).toThrow('must have the same shape, got [1, 2] and [1, 1]');
    expect(tensorsLeft(() => featureMatchingLoss([x, x], [x, x]))).toBe(1);
    expect(tensorsLeft(() => grad((p: Tensor) => featureMatchingLoss([x], [p]))(x))).toBe(1);
  });
});

describe('meanFeatureMatchingLoss', () => {
  beforeAll(() => selectBackend('cpu'));
  const value = (a: number[], b: number[], width: number): number =>
    valueOf(() => meanFeatureMatchingLoss(tensor2d(a, [a.length / width, width]), tensor2d(b, [b.length / width, width])));

  test('compares the means of the batches and nothing else: samples may change places, or come twice', () => {
    fc.assert(
      fc.property(layers, ({ shape, real, fake }) => {
        const before = value(real, fake, shape[1]);
        expect(worstError([value(real, reversedRows(fake, shape[1]), shape[1])], [before])).toBeLessThan(1e-5);
        expect(worstError([value(real, [...fake, ...fake], shape[1])], [before])).toBeLessThan(1e-5);
      }),
    );
  });

  test('is the squared distance of the means, never negative, and 0 for equal batches', () => {
    fc.assert(
      fc.property(layers, ({ shape, real, fake }) => {
        const means = (values: number[]): number[] =>
          Array.from({ length: shape[1] }, (_, k) => mean64(values.filter((__, i) => i % shape[1] === k)));
        const other = means(fake);
        expect(worstError([value(real, fake, shape[1])], [sum64(means(real).map((m, k) => (m - other[k]!) ** 2))])).toBeLessThan(1e-5);
        expect(value(real, real, shape[1])).toBe(0);
      }),
    );
  });

  test('is finite in value and gradient for features up to 1e4, and refuses features of another size', () => {
    fc.assert(
      fc.property(batchOf(2, 1e4), ({ shape, tensors: [a = [], b = []] }) => {
        const both = [
          (x: Tensor) => meanFeatureMatchingLoss(tensor2d(a, shape), x),
          (x: Tensor) => featureMatchingLoss([tensor2d(a, shape)], [x]),
        ];
        for (const loss of both)
          expect([valueOf(() => loss(tensor2d(b, shape))), ...gradientOf(loss, b, shape)].every(Number.isFinite)).toBe(true);
      }),
    );
    const x = tensor2d([1, 2], [1, 2]);
    expect(() => meanFeatureMatchingLoss(x, tensor2d([1, 2], [2, 1]))).toThrow(
      'must have the same shape but for the batch, got [1, 2] and [2, 1]',
    );
    expect(tensorsLeft(() => meanFeatureMatchingLoss(x, x))).toBe(1);
  });
});
