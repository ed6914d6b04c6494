import { add, grad, matMul, mul, square, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LossOptions } from '../reduction.js';
import { float32, reversedRows } from './arbitraries.js';
import { selectBackend, tensorsLeft } from './backends.js';
import { rows, sum64, valueOf, valuesOf, worstError } from './numbers.js';
import { expectReductions } from './reductions.js';

type Critic = (x: Tensor) => Tensor;

/** Batches of two images, the weights of a linear critic, and one position per sample. */
export const criticCases = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })).chain(([batch, width]) => {
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

/** ½Σx², whose gradient is x itself: a penalty on it shows where the gradient was taken. */
const bowl: Critic = (x) => mul(sum(square(x), 1), 0.5);
const linear =
  (w: readonly number[]): Critic =>
  (x) =>
    matMul(x as Tensor2D, tensor2d([...w], [w.length, 1]));
const norm64 = (values: readonly number[]): number => Math.sqrt(sum64(values.map((v) => v * v)));

/** A penalty on the gradient of a critic, and what it should be. */
export interface CriticPenaltyCase {
  readonly name: string;
  readonly penalty: (D: Critic, image: Tensor, other: Tensor, epsilon: Tensor, options?: LossOptions) => Tensor;
  /** Where the gradient is taken, for one sample. */
  readonly at: (image: number[], other: number[], epsilon: number) => number[];
  /** The penalty of a gradient of this norm. */
  readonly charge: (norm: number) => number;
}

/** The laws of a penalty on the gradient of a critic. */
export function describeCriticPenalty({ name, penalty, at, charge }: CriticPenaltyCase): void {
  describe(name, () => {
    beforeAll(() => selectBackend('cpu'));
    type Case = typeof criticCases extends fc.Arbitrary<infer T> ? T : never;
    const value = (D: Critic, { shape, image, other, epsilon }: Case, options?: LossOptions): Tensor =>
      penalty(D, tensor2d(image, shape), tensor2d(other, shape), tensor1d(epsilon), options);

    test('takes the gradient where it says, sample by sample, and its reductions agree', () => {
      fc.assert(
        fc.property(criticCases, (given) => {
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
        fc.property(criticCases, (given) => {
          expect(worstError([valueOf(() => value(linear(given.weights), given))], [charge(norm64(given.weights))])).toBeLessThan(3e-6);
        }),
      );
    });

    test('is never negative', () => {
      fc.assert(
        fc.property(criticCases, (given) => {
          expect(Math.min(...valuesOf(() => value(bowl, given, { reduction: 'none' })))).toBeGreaterThanOrEqual(0);
        }),
      );
    });

    test('does not change with a constant added to the critic, nor with the critic’s sign', () => {
      fc.assert(
        fc.property(criticCases, float32(100), (given, constant) => {
          const before = valueOf(() => value(bowl, given));
          expect(valueOf(() => value((x) => add(bowl(x), constant), given))).toBe(before);
          expect(valueOf(() => value((x) => mul(bowl(x), -1), given))).toBe(before);
        }),
      );
    });

    test('keeps its samples apart, in any order', () => {
      fc.assert(
        fc.property(criticCases, (given) => {
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
        fc.property(criticCases, (given) => {
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
}
