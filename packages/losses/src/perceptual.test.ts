import { grad, matMul, mul, reshape, square, sum, tensor, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { l1Loss, l2Loss } from './distances.js';
import { gramMatrix, perceptualLoss, type FeatureFunction } from './perceptual.js';
import { batchOf, float32 } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

/** Two layers: x², and three sums of it. */
const MIX = [0.5, -1, 2, 1, 0.25, -0.5];
const features: FeatureFunction = (image) => {
  const first = square(image);
  return [first, matMul(reshape<Rank.R2>(first, [-1, 2]), tensor2d(MIX, [2, 3]))];
};
const features64 = (x: readonly number[]): [number[], number[]] => {
  const first = x.map((v) => v * v);
  return [first, [0, 1, 2].map((j) => first[0]! * MIX[j]! + first[1]! * MIX[3 + j]!)];
};
const samples = (values: readonly number[]): number[][] =>
  Array.from({ length: values.length / 2 }, (_, i) => values.slice(2 * i, 2 * i + 2));
function perceptual64(a: number[], b: number[], weights: readonly number[]): number[] {
  const others = samples(b);
  return samples(a).map((x, i) => {
    const other = features64(others[i]!);
    return sum64(features64(x).map((layer, l) => weights[l]! * mean64(layer.map((v, k) => (v - other[l]![k]!) ** 2))));
  });
}

describeDerivatives({
  name: 'perceptualLoss',
  inputs: [
    { values: [0.5, -1, 1, 0.75], shape: [2, 2] },
    { values: [1, 0.5, -0.25, 1], shape: [2, 2] },
  ],
  loss: (a, b) => perceptualLoss(features, a, b, { weights: [1, 0.5] }),
  exact: (a, b) => mean64(perceptual64(a, b, [1, 0.5])),
});

const images = batchOf(2, 3)
  .filter(({ shape }) => shape[1] % 2 === 0)
  .map(({ tensors: [a = [], b = []] }) => ({ shape: [a.length / 2, 2] as [number, number], a, b }));
const weights = fc.array(
  fc.integer({ min: 0, max: 8 }).map((n) => n / 4),
  { minLength: 2, maxLength: 2 },
);

describe('perceptualLoss', () => {
  beforeAll(() => selectBackend('cpu'));
  const value = (a: number[], b: number[], shape: [number, number], given: readonly number[] = [1, 1]): number =>
    valueOf(() => perceptualLoss(features, tensor2d(a, shape), tensor2d(b, shape), { weights: given }));

  test('is the weighted sum of the layers’ mean squares, and its reductions agree', () => {
    fc.assert(
      fc.property(images, weights, ({ shape, a, b }, given) => {
        expectReductions(
          (options) => perceptualLoss(features, tensor2d(a, shape), tensor2d(b, shape), { weights: given, ...options }),
          perceptual64(a, b, given),
          3e-6,
        );
      }),
    );
  });

  test('is never negative, symmetric, and 0 for equal images', () => {
    fc.assert(
      fc.property(images, ({ shape, a, b }) => {
        expect(value(a, b, shape)).toBeGreaterThanOrEqual(0);
        expect(value(a, b, shape)).toBe(value(b, a, shape));
        expect(value(a, a, shape)).toBe(0);
      }),
    );
  });

  test('sees only what the features see: images that differ in sign alone are equal to x²', () => {
    fc.assert(
      fc.property(images, ({ shape, a }) => {
        expect(
          value(
            a,
            a.map((v) => -v),
            shape,
          ),
        ).toBe(0);
      }),
    );
  });

  test('is linear in the weights, which are 1 by default', () => {
    fc.assert(
      fc.property(images, weights, ({ shape, a, b }, given) => {
        const parts = value(a, b, shape, [1, 0]) * given[0]! + value(a, b, shape, [0, 1]) * given[1]!;
        expect(worstError([value(a, b, shape, given)], [parts])).toBeLessThan(1e-5);
        expect(valueOf(() => perceptualLoss(features, tensor2d(a, shape), tensor2d(b, shape)))).toBe(value(a, b, shape));
      }),
    );
  });

  test('with one layer that is the image itself is the plain distance, L2 unless another is chosen', () => {
    fc.assert(
      fc.property(images, ({ shape, a, b }) => {
        const [x, y] = [tensor2d(a, shape), tensor2d(b, shape)];
        const same: FeatureFunction = (image) => image;
        expect(valueOf(() => perceptualLoss(same, x, y))).toBe(valueOf(() => l2Loss(x, y)));
        expect(valueOf(() => perceptualLoss(same, x, y, { distance: l1Loss }))).toBe(valueOf(() => l1Loss(x, y)));
      }),
    );
  });

  test('is finite in value and gradient for images up to 1e4', () => {
    fc.assert(
      fc.property(fc.array(float32(1e4), { minLength: 4, maxLength: 4 }), ([a = 0, b = 0, c = 0, d = 0]) => {
        expect(
          [
            value([a, b], [c, d], [1, 2]),
            ...gradientOf((x) => perceptualLoss(features, x, tensor2d([c, d], [1, 2])), [a, b], [1, 2]),
          ].every(Number.isFinite),
        ).toBe(true);
      }),
    );
  });

  test('refuses features and weights that do not fit', () => {
    const x = tensor2d([1, 2], [1, 2]);
    expect(() => perceptualLoss(() => [], x, x)).toThrow('perceptualLoss: features must hold at least one layer, got none');
    expect(() => perceptualLoss(features, x, x, { weights: [1] })).toThrow(
      'perceptualLoss: weights must hold one number per layer, got 1 for 2',
    );
    expect(() => perceptualLoss(features, x, x, { weights: [1, -1] })).toThrow(
      'perceptualLoss: every weight must be a finite number ≥ 0, got -1',
    );
    expect(() => perceptualLoss(features, x, tensor2d([1], [1, 1]))).toThrow(
      'perceptualLoss: image and reconstructedImage must have the same shape',
    );
    let calls = 0;
    const fickle: FeatureFunction = (image) => ((calls += 1) === 1 ? [image] : [image, image]);
    expect(() => perceptualLoss(fickle, x, x)).toThrow('must give the same layers for both images, got 1 and 2');
  });

  test('leaves nothing but the result in memory', () => {
    const x = tensor2d([1, 2], [1, 2]);
    expect(tensorsLeft(() => perceptualLoss((image) => mul(image, 2), x, x))).toBe(1);
    expect(tensorsLeft(() => grad((image: Tensor) => perceptualLoss((p) => square(p), image, x))(x))).toBe(1);
    expect(valuesOf(() => x.clone())).toEqual([1, 2]);
  });
});

const SHAPE: [number, number, number, number] = [2, 2, 1, 2];
const gram64 = (f: readonly number[]): number[] =>
  [0, 1].flatMap((image) =>
    [0, 1].flatMap((c) =>
      [0, 1].map((d) => sum64([0, 1].map((pixel) => f[image * 4 + pixel * 2 + c]! * f[image * 4 + pixel * 2 + d]!)) / 4),
    ),
  );
const MAPS = [0.5, -1, 2, 0.25, 1, 1.5, -0.5, -2];
const WEIGHING = [1, -2, 0.5, 3, -1, 0.25, 2, 1];

describeDerivatives({
  name: 'gramMatrix',
  inputs: [{ values: MAPS, shape: SHAPE }],
  loss: (f) => sum(mul(gramMatrix(f), tensor(WEIGHING, [2, 2, 2]))),
  exact: (f) => sum64(gram64(f).map((v, i) => v * WEIGHING[i]!)),
});

describe('gramMatrix', () => {
  beforeAll(() => selectBackend('cpu'));
  const maps = fc.array(float32(4), { minLength: 8, maxLength: 8 });
  const gram = (f: number[]): number[] => valuesOf(() => gramMatrix(tensor4d(f, SHAPE)));

  test('is that of float64, symmetric, with no negative number on its diagonal', () => {
    fc.assert(
      fc.property(maps, (f) => {
        const matrix = gram(f);
        expect(worstError(matrix, gram64(f))).toBeLessThan(1e-6);
        expect([matrix[1], matrix[5]]).toEqual([matrix[2], matrix[6]]);
        expect(Math.min(matrix[0]!, matrix[3]!, matrix[4]!, matrix[7]!)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('does not depend on where in the image something is', () => {
    fc.assert(
      fc.property(maps, ([a = 0, b = 0, c = 0, d = 0, ...rest]) => {
        expect(worstError(gram([c, d, a, b, ...rest]), gram([a, b, c, d, ...rest]))).toBeLessThan(1e-6);
      }),
    );
  });

  test('makes a style loss of the perceptual one, and refuses what is no feature map', () => {
    const [x, y] = [tensor4d(MAPS, SHAPE), tensor4d(WEIGHING, SHAPE)];
    const expected = mean64(gram64(MAPS).map((v, i) => (v - gram64(WEIGHING)[i]!) ** 2));
    expect(worstError([valueOf(() => perceptualLoss((image) => gramMatrix(image), x, y))], [expected])).toBeLessThan(1e-6);
    expect(() => gramMatrix(tensor2d([1], [1, 1]))).toThrow(
      'gramMatrix: features must be [batch, height, width, channels], got shape [1, 1]',
    );
    expect(tensorsLeft(() => gramMatrix(x))).toBe(1);
  });
});
