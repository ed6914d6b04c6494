import { grad, matMul, mul, reshape, scalar, square, tensor, tensor1d, tensor2d, tensor3d, tensor4d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { pathLengthPenalty, pathLengths, updatePathLengthAverage } from './path-length.js';
import { float32 } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradient64, gradientOf, mean64, rows, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

const STYLE = [0.5, -1, 2, 0.75];
const WEIGHTS = [1, -0.5, 0.25, 2, 0.5, 1.5, -1, 0.75, -0.25, 1, 0.5, -2];
const NOISE = [0.25, -1, 0.5, 1.5, 2, -0.75, 1, 0.5, -1.25, 0.75, -0.5, 1];
const IMAGE: [number, number, number, number] = [2, 1, 2, 3];

/** Images (s·W)² of height 1, width 2 and 3 channels: of styles [batch, 2] and weights [2, 6]. */
const generator =
  (weights: Tensor) =>
  (style: Tensor): Tensor =>
    reshape(square(matMul(style as Tensor2D, weights as Tensor2D)), [-1, 1, 2, 3]);

/** ‖∂ Σ image · noise / ∂ style‖ / √2 of one sample: ∂/∂sᵢ Σⱼ yⱼ (Σᵢ sᵢ Wᵢⱼ)² = Σⱼ 2 yⱼ hⱼ Wᵢⱼ. */
function length64(style: readonly number[], weights: readonly number[], noise: readonly number[]): number {
  const at = (i: number, j: number): number => weights[i * 6 + j]!;
  const hidden = noise.map((_, j) => style[0]! * at(0, j) + style[1]! * at(1, j));
  const slopes = [0, 1].map((i) => sum64(noise.map((y, j) => 2 * y * hidden[j]! * at(i, j))));
  return Math.sqrt(sum64(slopes.map((g) => g * g)) / 2);
}
const lengths64 = (style: readonly number[], weights: readonly number[], noise: readonly number[]): number[] =>
  rows(style, 2).map((s, i) => length64(s, weights, rows(noise, 6)[i]!));

describeDerivatives({
  name: 'pathLengthPenalty',
  inputs: [
    { values: [0.5, 1.25, 3], shape: [3] },
    { values: [1.5], shape: [] },
  ],
  constants: [1],
  loss: (lengths, average) => pathLengthPenalty(lengths, average as Scalar),
  exact: (lengths, [average = NaN]) => mean64(lengths.map((l) => (l - average) ** 2)),
});
describeDerivatives({
  name: 'pathLengthPenalty of a generator',
  inputs: [
    { values: STYLE, shape: [2, 2] },
    { values: WEIGHTS.map((w) => w / 4), shape: [2, 6] },
  ],
  loss: (style, weights) => pathLengthPenalty(pathLengths(generator(weights), style, tensor4d(NOISE, IMAGE)), scalar(1.5)),
  exact: (style, weights) => mean64(lengths64(style, weights, NOISE).map((l) => (l - 1.5) ** 2)),
});

/** Images that are linear in the styles: J is the matrix itself. */
const linears = fc.record({
  style: fc.array(float32(4), { minLength: 4, maxLength: 4 }),
  weights: fc.array(float32(4), { minLength: 12, maxLength: 12 }),
  noise: fc.array(float32(4), { minLength: 12, maxLength: 12 }),
});
const linear =
  (weights: readonly number[]) =>
  (style: Tensor): Tensor =>
    reshape(matMul(style as Tensor2D, tensor2d([...weights], [2, 6])), [-1, 1, 2, 3]);

describe('pathLengths', () => {
  beforeAll(() => selectBackend('cpu'));
  const lengths = (style: readonly number[], noise: readonly number[], G: (style: Tensor) => Tensor): number[] =>
    valuesOf(() => pathLengths(G, tensor2d([...style], [2, 2]), tensor4d([...noise], IMAGE)));

  test('are ‖Wᵀy‖ / √(height · width) for a linear generator, wherever the style is', () => {
    fc.assert(
      fc.property(linears, ({ style, weights, noise }) => {
        const expected = rows(noise, 6).map((y) =>
          Math.sqrt(sum64(rows(weights, 6).map((w) => sum64(w.map((v, j) => v * y[j]!)) ** 2)) / 2),
        );
        expect(worstError(lengths(style, noise, linear(weights)), expected)).toBeLessThan(3e-6);
        expect(worstError(lengths([0, 0, 0, 0], noise, linear(weights)), expected)).toBeLessThan(3e-6);
      }),
    );
  });

  test('grow with the generator, not with what it adds, and do not depend on the sign of the noise', () => {
    fc.assert(
      fc.property(linears, fc.constantFrom(-2, 0.5, 4), ({ style, weights, noise }, factor) => {
        const base = lengths(style, noise, linear(weights));
        const scaled = lengths(style, noise, (s) => mul(linear(weights)(s), factor));
        expect(scaled).toEqual(base.map((l) => l * Math.abs(factor)));
        expect(
          lengths(
            style,
            noise.map((y) => -y),
            linear(weights),
          ),
        ).toEqual(base);
      }),
    );
  });

  test('keep the samples apart, in any order', () => {
    fc.assert(
      fc.property(linears, ({ style, noise, weights }) => {
        const G = generator(tensor2d(weights, [2, 6]));
        const turned = lengths([...style.slice(2), ...style.slice(0, 2)], [...noise.slice(6), ...noise.slice(0, 6)], G);
        expect(turned).toEqual(lengths(style, noise, G).reverse());
      }),
    );
  });

  test('of one style per layer are the root of the mean of the layers’ squares', () => {
    const layered = (style: Tensor): Tensor =>
      reshape(matMul(reshape(style, [-1, 4]), tensor2d([...WEIGHTS, ...WEIGHTS.map((w) => w / 2)], [4, 6])), [-1, 1, 2, 3]);
    const [length = NaN] = valuesOf(() => pathLengths(layered, tensor3d(STYLE, [1, 2, 2]), tensor4d(NOISE.slice(0, 6), [1, 1, 2, 3])));
    const squares = rows([...WEIGHTS, ...WEIGHTS.map((w) => w / 2)], 6).map((w) => sum64(w.map((v, j) => v * NOISE[j]!)) ** 2);
    expect(worstError([length], [Math.sqrt(sum64(squares) / 2 / 2)])).toBeLessThan(1e-6);
  });

  test('equal float64 differences of the images', () => {
    const image64 = (style: readonly number[], sample: number): number =>
      sum64(rows(NOISE, 6)[sample]!.map((y, j) => y * (style[0]! * WEIGHTS[j]! + style[1]! * WEIGHTS[6 + j]!) ** 2));
    const expected = rows(STYLE, 2).map((style, i) =>
      Math.sqrt(sum64(gradient64((s) => image64(s, i), style, 1e-3).map((g) => g * g)) / 2),
    );
    expect(worstError(lengths(STYLE, NOISE, generator(tensor2d(WEIGHTS, [2, 6]))), expected)).toBeLessThan(1e-6);
  });

  test('have a finite gradient where the images do not move', () => {
    const still = gradientOf(
      (w) => pathLengths(generator(w), tensor2d(STYLE, [2, 2]), tensor4d(NOISE, IMAGE)),
      Array(12).fill(0) as number[],
      [2, 6],
    );
    expect(still.every(Number.isFinite)).toBe(true);
  });

  test('wrong arguments are refused by name, and nothing but the result is left in memory', () => {
    const [style, noise, w] = [tensor2d(STYLE, [2, 2]), tensor4d(NOISE, IMAGE), tensor2d(WEIGHTS, [2, 6])];
    expect(() => pathLengths(generator(w), tensor1d([1]), noise)).toThrow('pathLengths: style and noise must have as many samples');
    expect(() => pathLengths(generator(w), tensor1d([1, 2]), noise)).toThrow(
      'pathLengths: style must be [batch, styleDim] or [batch, layers, styleDim], got shape [2]',
    );
    expect(() => pathLengths(generator(w), style, tensor2d([1, 2], [2, 1]))).toThrow(
      'pathLengths: noise must be [batch, height, width, channels], got shape [2, 1]',
    );
    expect(() => pathLengths(generator(w), style, tensor4d(NOISE, [2, 2, 1, 3]))).toThrow(
      'pathLengths: generator(style) and noise must have the same shape, got [2, 1, 2, 3] and [2, 2, 1, 3]',
    );
    expect(tensorsLeft(() => pathLengths(generator(w), style, noise))).toBe(1);
    const penalty = (weights: Tensor): Tensor => pathLengthPenalty(pathLengths(generator(weights), style, noise), scalar(1));
    expect(tensorsLeft(() => grad(penalty)(w))).toBe(1);
  });
});

describe('updatePathLengthAverage', () => {
  beforeAll(() => selectBackend('cpu'));

  test('starts from 0, and is the exponential average of float64', () => {
    fc.assert(
      fc.property(fc.array(fc.array(float32(8), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (steps) => {
        let average: Scalar | undefined;
        let expected = 0;
        for (const lengths of steps) {
          average = updatePathLengthAverage(average, tensor1d(lengths), { decay: 0.75 });
          expected = 0.75 * expected + 0.25 * mean64(lengths);
        }
        expect(
          worstError(
            valuesOf(() => average!.clone()),
            [expected],
          ),
        ).toBeLessThan(1e-5);
      }),
    );
  });

  test('is a constant: no gradient reaches the lengths through their own average', () => {
    expect(() => grad((l: Tensor) => updatePathLengthAverage(undefined, l))(tensor1d([1]))).toThrow('Cannot compute gradient');
    const penalty = (l: Tensor): Tensor => pathLengthPenalty(l, updatePathLengthAverage(undefined, l, { decay: 0 }));
    expect(worstError(gradientOf(penalty, [1, 3]), [-1, 1])).toBeLessThan(1e-6);
  });

  test('leaves the old average to its owner, makes one tensor, and refuses a decay out of range', () => {
    const [old, lengths] = [scalar(2), tensor1d([1, 3])];
    expect(tensorsLeft(() => updatePathLengthAverage(old, lengths))).toBe(1);
    expect(valueOf(() => old.clone())).toBe(2);
    expect(() => updatePathLengthAverage(old, lengths, { decay: 1 })).toThrow('updatePathLengthAverage: decay must be in [0, 1), got 1');
  });
});

describe('pathLengthPenalty', () => {
  beforeAll(() => selectBackend('cpu'));
  const lists = fc.array(float32(100), { minLength: 1, maxLength: 5 });

  test('is the squared distance from the average, and its reductions agree', () => {
    fc.assert(
      fc.property(lists, float32(100), (lengths, average) => {
        const each = lengths.map((l) => (l - average) ** 2);
        expectReductions((options) => pathLengthPenalty(tensor1d(lengths), scalar(average), options), each, 3e-6);
      }),
    );
  });

  test('is never negative, and 0 with no gradient where every length is the average', () => {
    fc.assert(
      fc.property(lists, float32(100), (lengths, average) => {
        expect(valueOf(() => pathLengthPenalty(tensor1d(lengths), scalar(average)))).toBeGreaterThanOrEqual(0);
        const same = lengths.map(() => average);
        expect(valueOf(() => pathLengthPenalty(tensor1d(same), scalar(average)))).toBe(0);
        expect(gradientOf((l) => pathLengthPenalty(l, scalar(average)), same).map(Math.abs)).toEqual(same.map(() => 0));
      }),
    );
  });

  test('is finite in value and gradient for lengths and averages up to 1e4', () => {
    fc.assert(
      fc.property(float32(1e4), float32(1e4), (length, average) => {
        const gradient = gradientOf((l) => pathLengthPenalty(l, scalar(average)), [length]);
        expect([valueOf(() => pathLengthPenalty(tensor1d([length]), scalar(average))), ...gradient].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('refuses lengths that are not [batch] and an average that is no tensor', () => {
    expect(() => pathLengthPenalty(tensor([[1, 2]]), scalar(1))).toThrow('pathLengthPenalty: lengths must be [batch], got shape [1, 2]');
    expect(() => pathLengthPenalty(tensor1d([1]), 1 as unknown as Scalar)).toThrow(
      'pathLengthPenalty: average must be a tensor, got a number',
    );
  });

  test('of a layered style may be differentiated, as for one style', () => {
    const layered = (style: Tensor): Tensor => reshape(square(style as Tensor3D), [-1, 1, 2, 2]);
    const penalty = (s: Tensor): Tensor => pathLengthPenalty(pathLengths(layered, s, tensor4d([1, 2, -1, 0.5], [1, 1, 2, 2])), scalar(0.5));
    const exact = (s: number[]): number => (Math.sqrt(sum64(s.map((v, i) => (2 * v * [1, 2, -1, 0.5][i]!) ** 2)) / 2 / 2) - 0.5) ** 2;
    expect(worstError(gradientOf(penalty, STYLE, [1, 2, 2]), gradient64(exact, STYLE, 1e-3))).toBeLessThan(2e-6);
  });
});
