import { add, grad, matMul, mul, reshape, square, sum, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { draganNoise, draganPenalty } from './dragan-penalty.js';
import { r1Penalty } from './gradient-penalty.js';
import { r2Penalty } from './r2-penalty.js';
import type { LossOptions } from './reduction.js';
import { float32, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { mean64, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';
import { interpolateImages, wassersteinGradientPenalty } from './wasserstein-gradient-penalty.js';

type Critic = (x: Tensor) => Tensor;
const norm64 = (values: readonly number[]): number => Math.sqrt(sum64(values.map((v) => v * v)));
const rows = (values: readonly number[], width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));

const cases = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })).chain(([batch, width]) => {
  const list = (length: number, bound: number): fc.Arbitrary<number[]> =>
    fc.array(float32(bound), { minLength: length, maxLength: length });
  return fc.record({
    shape: fc.constant<[number, number]>([batch, width]),
    image: list(batch * width, 4),
    other: list(batch * width, 4),
    weights: list(width, 4),
    epsilon: list(batch, 1).map((values) => values.map(Math.abs)),
  });
});

/** ½Σx², whose gradient is x itself: a penalty on it tells where it was taken. */
const bowl: Critic = (x) => mul(sum(square(x), 1), 0.5);
const linear =
  (w: readonly number[]): Critic =>
  (x) =>
    matMul(x as Tensor2D, tensor2d([...w], [w.length, 1]));

interface Kind {
  readonly name: string;
  readonly penalty: (D: Critic, image: Tensor, other: Tensor, epsilon: Tensor, options?: LossOptions) => Tensor;
  /** Where the gradient is taken, for one sample. */
  readonly at: (image: number[], other: number[], epsilon: number) => number[];
  /** What a gradient of this norm costs. */
  readonly charge: (norm: number) => number;
}

const KINDS: readonly Kind[] = [
  { name: 'R1', penalty: (D, x, _, __, o) => r1Penalty(D, x, o), at: (x) => x, charge: (n) => n ** 2 / 2 },
  { name: 'R2', penalty: (D, _, x, __, o) => r2Penalty(D, x, o), at: (_, x) => x, charge: (n) => n ** 2 / 2 },
  {
    name: 'WGAN-GP',
    penalty: (D, x, y, e, o) => wassersteinGradientPenalty(D, x, y, e, o),
    at: (x, y, e) => x.map((v, i) => e * v + (1 - e) * y[i]!),
    charge: (n) => (n - 1) ** 2,
  },
  {
    name: 'DRAGAN',
    penalty: (D, x, noise, _, o) => draganPenalty(D, x, noise, o),
    at: (x, noise) => x.map((v, i) => v + noise[i]!),
    charge: (n) => (n - 1) ** 2,
  },
];

describe.each(KINDS)('$name', ({ name, penalty, at, charge }) => {
  beforeAll(() => selectBackend('cpu'));
  type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;
  const value = (D: Critic, { shape, image, other, epsilon }: Case, options?: LossOptions): Tensor =>
    penalty(D, tensor2d(image, shape), tensor2d(other, shape), tensor1d(epsilon), options);

  test('takes the gradient where it says, sample by sample, and its reductions agree', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const width = given.shape[1];
        const others = rows(given.other, width);
        const points = rows(given.image, width).map((x, i) => at(x, others[i]!, given.epsilon[i]!));
        expectReductions(
          (options) => value(bowl, given, options),
          points.map((x) => charge(norm64(x))),
          5e-6,
        );
      }),
    );
  });

  test('of a linear critic depends on the norm of its weights alone', () => {
    fc.assert(
      fc.property(cases, (given) => {
        expect(worstError([valueOf(() => value(linear(given.weights), given))], [charge(norm64(given.weights))])).toBeLessThan(3e-6);
      }),
    );
  });

  test('is never negative', () => {
    fc.assert(
      fc.property(cases, (given) => {
        expect(Math.min(...valuesOf(() => value(bowl, given, { reduction: 'none' })))).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('does not notice a constant added to the critic, nor the critic’s sign', () => {
    fc.assert(
      fc.property(cases, float32(100), (given, constant) => {
        const before = valueOf(() => value(bowl, given));
        expect(valueOf(() => value((x) => add(bowl(x), constant), given))).toBe(before);
        expect(valueOf(() => value((x) => mul(bowl(x), -1), given))).toBe(before);
      }),
    );
  });

  test('keeps its samples apart, in any order', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const width = given.shape[1];
        const each = valuesOf(() => value(bowl, given, { reduction: 'none' }));
        const turned = {
          ...given,
          image: reversedRows(given.image, width),
          other: reversedRows(given.other, width),
          epsilon: [...given.epsilon].reverse(),
        };
        expect(valuesOf(() => value(bowl, turned, { reduction: 'none' }))).toEqual([...each].reverse());
      }),
    );
  });

  test('draws nothing: the same arguments give the same bits', () => {
    fc.assert(
      fc.property(cases, (given) => {
        expect(valueOf(() => value(bowl, given))).toBe(valueOf(() => value(bowl, given)));
      }),
    );
  });

  test('is finite, in value and parameter gradient, for critics with values up to 1e4', () => {
    fc.assert(
      fc.property(float32(1e4), float32(1e4), (x, w) => {
        const of = (weight: Tensor): Tensor =>
          penalty((image) => mul(image, weight), tensor2d([x], [1, 1]), tensor2d([1], [1, 1]), tensor1d([0.5]));
        const gradient = valuesOf(() => grad(of)(tensor2d([w], [1, 1])));
        expect([valueOf(() => of(tensor2d([w], [1, 1]))), ...gradient].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('leaves nothing but the result in memory', () => {
    const image = tensor2d([1, 2, 3, 4], [2, 2]);
    const epsilon = tensor1d([0.5, 0.25]);
    const w = tensor2d([1, 2], [2, 1]);
    const of = (weight: Tensor): Tensor => penalty((x) => matMul(x as Tensor2D, weight as Tensor2D), image, image, epsilon);
    expect(tensorsLeft(() => of(w))).toBe(1);
    expect(tensorsLeft(() => grad(of)(w))).toBe(1);
  });

  test('refuses unusable images by name', () => {
    const integers = tensor2d([1], [1, 1], 'int32');
    expect(() => penalty(bowl, integers, integers, tensor1d([1]))).toThrow(/^\w+: \w+ must be float32, got int32/);
    if (name !== 'R1' && name !== 'R2') {
      expect(() => penalty(bowl, tensor2d([1], [1, 1]), tensor2d([1, 2], [1, 2]), tensor1d([1]))).toThrow(
        'must have the same shape, got [1, 1] and [1, 2]',
      );
    }
  });
});

describe('interpolateImages', () => {
  beforeAll(() => selectBackend('cpu'));

  test('gives the real image at 1, the generated one at 0, and stays between', () => {
    fc.assert(
      fc.property(cases, ({ shape, image, other, epsilon }) => {
        const between = (e: number[]): number[] =>
          valuesOf(() => interpolateImages(tensor2d(image, shape), tensor2d(other, shape), tensor1d(e)));
        // −0, which is equal to 0 for all but the comparison, comes and goes: 0 · −1 + −0.
        const unsigned = (values: number[]): number[] => values.map((v) => v + 0);
        expect(unsigned(between(epsilon.map(() => 1)))).toEqual(unsigned(image));
        expect(unsigned(between(epsilon.map(() => 0)))).toEqual(unsigned(other));
        between(epsilon).forEach((v, i) => {
          expect(v).toBeGreaterThanOrEqual(Math.min(image[i]!, other[i]!) - 1e-6);
          expect(v).toBeLessThanOrEqual(Math.max(image[i]!, other[i]!) + 1e-6);
        });
      }),
    );
  });

  test('moves a whole image by one number, and refuses any other number of them', () => {
    const points = valuesOf(() =>
      interpolateImages(
        tensor([1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 1, 2]),
        tensor([0, 0, 0, 0, 0, 0, 0, 0], [2, 2, 1, 2]),
        tensor1d([0.25, 0.75]),
      ),
    );
    expect(points).toEqual([0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75]);
    const image = tensor2d([1, 2], [2, 1]);
    expect(() => interpolateImages(image, image, tensor1d([1]))).toThrow(
      'interpolateImages: epsilon must be [2], one number per sample, got [1]',
    );
    expect(() => interpolateImages(image, image, reshape(tensor1d([1, 0]), [2, 1]))).toThrow('got [2, 1]');
  });
});

describe('draganNoise', () => {
  beforeAll(() => selectBackend('cpu'));

  test('is the uniform draw times scale and the deviation of the batch', () => {
    fc.assert(
      fc.property(
        cases,
        fc.integer({ min: 0, max: 8 }).map((n) => n / 4),
        ({ shape, image, other }, scale) => {
          const mean = mean64(image);
          const deviation = Math.sqrt(mean64(image.map((v) => (v - mean) ** 2)));
          const noise = valuesOf(() => draganNoise(tensor2d(image, shape), tensor2d(other, shape), { scale }));
          expect(
            worstError(
              noise,
              other.map((u) => u * deviation * scale),
            ),
          ).toBeLessThan(1e-5);
        },
      ),
    );
  });

  test('has scale ½ by default, refuses a negative one, and leaves nothing in memory', () => {
    const image = tensor2d([-1, 1], [2, 1]);
    expect(valuesOf(() => draganNoise(image, tensor2d([1, 0.5], [2, 1])))).toEqual([0.5, 0.25]);
    expect(() => draganNoise(image, image, { scale: -1 })).toThrow('draganNoise: scale must be a finite number ≥ 0, got -1');
    expect(tensorsLeft(() => draganNoise(image, image))).toBe(1);
  });
});
