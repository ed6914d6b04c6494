import { grad, mul, tensor, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { patchNceLoss, type PatchNceOptions } from './patch-nce.js';
import { float32 } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, rows, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

const unit64 = (v: readonly number[]): number[] => {
  const length = Math.sqrt(sum64(v.map((x) => x * x)) + 1e-14);
  return v.map((x) => x / length);
};
const dot64 = (a: readonly number[], b: readonly number[]): number => sum64(a.map((x, i) => x * b[i]!));

/** The loss of one image: patches × channels, flat. */
function nce64(queries: readonly number[], keys: readonly number[], channels: number, temperature: number): number {
  const [q, k] = [queries, keys].map((flat) => rows(flat, channels).map(unit64)) as [number[][], number[][]];
  return mean64(q.map((query, i) => Math.log(sum64(k.map((key) => Math.exp((dot64(query, key) - dot64(query, k[i]!)) / temperature))))));
}

const QUERIES = [0.5, -1, 2, 1.5, 0.25, -0.25, -1, 0.75, 1, 0.5, 1, -2];
const KEYS = [1, -0.5, 1.5, 0.5, 1, -1, -0.75, 0.25, 2, 1, 0.5, -1];

for (const temperature of [0.5, 0.07]) {
  describeDerivatives({
    name: `patchNceLoss, temperature ${temperature}`,
    inputs: [
      { values: QUERIES, shape: [2, 3, 2] },
      { values: KEYS, shape: [2, 3, 2] },
    ],
    constants: [1],
    loss: (queries, keys) => patchNceLoss(queries, keys, { temperature }),
    exact: (queries, keys) => mean64([0, 6].map((at) => nce64(queries.slice(at, at + 6), keys.slice(at, at + 6), 2, temperature))),
  });
}

const features = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 })).chain((shape) => {
  const size = shape[0] * shape[1] * shape[2];
  const list = fc.array(float32(4), { minLength: size, maxLength: size });
  return fc.record({ shape: fc.constant(shape), queries: list, keys: list });
});

describe('patchNceLoss', () => {
  beforeAll(() => selectBackend('cpu'));
  type Shape = [number, number, number];
  const of = (queries: number[], keys: number[], shape: Shape, options: PatchNceOptions = {}): Tensor =>
    patchNceLoss(tensor3d(queries, shape), tensor3d(keys, shape), options);

  test('is the contrastive cross entropy of float64, and its reductions agree', () => {
    fc.assert(
      fc.property(features, fc.constantFrom(0.07, 0.5, 2), ({ shape, queries, keys }, temperature) => {
        const size = shape[1] * shape[2];
        const perImage = rows(queries, size).map((image, i) => nce64(image, rows(keys, size)[i]!, shape[2], temperature));
        expectReductions((options) => of(queries, keys, shape, { temperature, ...options }), perImage, 2e-5);
      }),
    );
  });

  test('is never negative, and 0 for a single patch, which has nothing to be confused with', () => {
    fc.assert(
      fc.property(features, ({ shape, queries, keys }) => {
        const each = valuesOf(() => of(queries, keys, shape, { reduction: 'none' }));
        expect(Math.min(...each)).toBeGreaterThanOrEqual(0);
        if (shape[1] === 1) expect(each.map(Math.abs)).toEqual(each.map(() => 0));
      }),
    );
  });

  test('does not depend on the lengths of the features', () => {
    fc.assert(
      fc.property(features, fc.constantFrom(0.5, 4), ({ shape, queries, keys }, factor) => {
        // Vectors shorter than the smallest length have no direction.
        fc.pre(rows([...queries, ...keys], shape[2]).every((v) => dot64(v, v) > 1e-6));
        const scaled = valueOf(() => patchNceLoss(mul(tensor3d(queries, shape), factor), mul(tensor3d(keys, shape), 1 / factor)));
        expect(worstError([scaled], [valueOf(() => of(queries, keys, shape))])).toBeLessThan(1e-5);
      }),
    );
  });

  test('does not depend on the order of the patches, nor on that of the images', () => {
    fc.assert(
      fc.property(features, ({ shape, queries, keys }) => {
        const turned = (flat: number[], width: number): number[] => rows(flat, width).reverse().flat();
        const before = valueOf(() => of(queries, keys, shape));
        // Turning all rows turns the images and their patches.
        const after = valueOf(() => of(turned(queries, shape[2]), turned(keys, shape[2]), shape));
        expect(worstError([after], [before])).toBeLessThan(5e-6);
      }),
    );
  });

  test('takes its negatives from the same image alone', () => {
    fc.assert(
      fc.property(features, ({ shape, queries, keys }) => {
        const size = shape[1] * shape[2];
        const each = valuesOf(() => of(queries, keys, shape, { reduction: 'none' }));
        const alone = rows(queries, size).map((image, i) => valueOf(() => of(image, rows(keys, size)[i]!, [1, shape[1], shape[2]])));
        expect(worstError(each, alone)).toBeLessThan(5e-6);
      }),
    );
  });

  test('of patches that are all alike is the log of their number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), float32(4), (patches, x) => {
        const same = Array<number>(patches).fill(x);
        expect(worstError([valueOf(() => of(same, same, [1, patches, 1]))], [Math.log(patches)])).toBeLessThan(2e-6);
      }),
    );
  });

  test('falls when a query turns to its own key', () => {
    const keys = [1, 0, 0, 1];
    const at = (angle: number): number => valueOf(() => of([Math.cos(angle), Math.sin(angle), 0, 1], keys, [1, 2, 2]));
    // From its own key, past the other one, to where it is furthest from its own for its likeness to the other: 3π/4.
    for (let step = 0; step < 6; step++) expect(at((step / 8) * Math.PI)).toBeLessThan(at(((step + 1) / 8) * Math.PI));
  });

  test('of several layers is their weighted sum', () => {
    const one = valueOf(() => of(QUERIES, KEYS, [2, 3, 2]));
    const other = valueOf(() => of(QUERIES, KEYS, [1, 6, 2]));
    const [queries, keys] = [QUERIES, KEYS].map((values) => [tensor(values, [2, 3, 2]), tensor(values, [1, 6, 2])]) as [Tensor[], Tensor[]];
    expect(worstError([valueOf(() => patchNceLoss(queries, keys))], [one + other])).toBeLessThan(1e-6);
    expect(worstError([valueOf(() => patchNceLoss(queries, keys, { weights: [0.5, 0] }))], [one / 2])).toBeLessThan(1e-6);
  });

  test('is finite in value and gradient for features up to 1e4, and for features that are 0', () => {
    fc.assert(
      fc.property(float32(1e4), float32(1e4), (a, b) => {
        const loss = (q: Tensor): Tensor => patchNceLoss(q, tensor3d([b, a, 0, 0], [1, 2, 2]));
        const at = [a, 0, 0, 0];
        expect([valueOf(() => loss(tensor3d(at, [1, 2, 2]))), ...gradientOf(loss, at, [1, 2, 2])].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('refuses what does not fit by name, and leaves nothing but the result in memory', () => {
    const q = tensor3d(QUERIES, [2, 3, 2]);
    expect(() => patchNceLoss(tensor2d([1, 2], [1, 2]), tensor2d([1, 2], [1, 2]))).toThrow(
      'patchNceLoss: queries must be [batch, patches, channels], got shape [1, 2]',
    );
    expect(() => patchNceLoss(q, tensor3d(QUERIES, [2, 2, 3]))).toThrow('patchNceLoss: queries and keys must have the same shape');
    expect(() => patchNceLoss([q, q], [q])).toThrow('patchNceLoss: queries and keys must have the same layers, got 2 and 1');
    expect(() => patchNceLoss(q, q, { temperature: 0 })).toThrow('patchNceLoss: temperature must be a finite number > 0, got 0');
    for (const reduction of ['mean', 'none', 'sum'] as const) expect(tensorsLeft(() => patchNceLoss(q, q, { reduction }))).toBe(1);
    expect(tensorsLeft(() => grad((x: Tensor) => patchNceLoss(x, q))(q))).toBe(1);
  });
});
