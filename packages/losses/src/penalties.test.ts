import { add, matMul, mul, reshape, softplus, square, sum, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { valueAndGradients } from '@stargan/ops';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { GradientNormOptions } from './input-gradient.js';
import { draganNoise, draganPenalty, interpolateImages, r1Penalty, r2Penalty, wganGpPenalty } from './penalties.js';
import { float32, reversedRows } from './testing/arbitraries.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import {
  CHANNELS,
  critic,
  critic64,
  criticTensors,
  nearestCorner64,
  PARAMETERS,
  PIXELS,
  scattered,
  SIZE,
  squaredGradientNorm64,
} from './testing/critic.js';
import { criticCases, describeCriticPenalty, type CriticPenaltyCase } from './testing/critic-penalty-laws.js';
import { gradient64, gradientOf, mean64, numericalGradient, softplus64, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';

type Critic = (image: Tensor) => Tensor;

const KINDS: readonly CriticPenaltyCase[] = [
  { name: 'R1', penalty: (D, x, _, __, o) => r1Penalty(D, x, o), at: (x) => x, charge: (n) => n ** 2 / 2 },
  { name: 'R2', penalty: (D, _, x, __, o) => r2Penalty(D, x, o), at: (_, x) => x, charge: (n) => n ** 2 / 2 },
  {
    name: 'WGAN-GP',
    penalty: (D, x, y, e, o) => wganGpPenalty(D, x, y, e, o),
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

KINDS.forEach(describeCriticPenalty);

/** A linear critic wᵀx. */
const linear =
  (w: Tensor) =>
  (x: Tensor): Tensor =>
    matMul(x as Tensor2D, reshape(w, [-1, 1]));
/** A quadratic critic ½xᵀAx with A symmetrised: its gradient is ½(A + Aᵀ)x. */
const quadratic =
  (A: Tensor) =>
  (x: Tensor): Tensor =>
    mul(sum(mul(matMul(x as Tensor2D, A as Tensor2D), x), 1), 0.5);

const squared64 = (values: readonly number[]): number => sum64(values.map((v) => v * v));

/** Images [batch, features] with critic weights [features]. */
const critics = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })).chain(([batch, features]) =>
  fc.record({
    shape: fc.constant<[number, number]>([batch, features]),
    image: fc.array(float32(4), { minLength: batch * features, maxLength: batch * features }),
    weights: fc.array(float32(4), { minLength: features, maxLength: features }),
    matrix: fc.array(float32(4), { minLength: features ** 2, maxLength: features ** 2 }),
  }),
);

/** Mean over the batch of ½‖½(A + Aᵀ)x‖² in float64. */
function quadraticPenalty64(matrix: readonly number[], image: readonly number[], features: number): number {
  const at = (row: number, column: number): number => matrix[row * features + column] ?? NaN;
  const axis = Array.from({ length: features }, (_, index) => index);
  const samples = Array.from({ length: image.length / features }, (_, sample) => image.slice(sample * features, (sample + 1) * features));
  return mean64(samples.map((x) => 0.5 * squared64(axis.map((i) => sum64(axis.map((j) => 0.5 * (at(i, j) + at(j, i)) * (x[j] ?? NaN)))))));
}

describe.each(BACKENDS)('R1 on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('a small network with a smooth activation has the penalty and parameter gradient of float64', () => {
    const image = [0.3, -0.7, 1.1, 0.4];
    const weights = [0.5, -1, 2, 0.25, 1.5, -0.75];
    // D(x) = Σⱼ softplus(Σᵢ xᵢ wᵢⱼ), so ∂D/∂xᵢ = Σⱼ wᵢⱼ σ(hⱼ).
    const penalty64 = (w: readonly number[]): number => {
      const at = (row: number, column: number): number => w[row * 3 + column] ?? NaN;
      const logit = (x: readonly number[]): number =>
        sum64([0, 1, 2].map((j) => softplus64((x[0] ?? NaN) * at(0, j) + (x[1] ?? NaN) * at(1, j))));
      return mean64([image.slice(0, 2), image.slice(2)].map((x) => 0.5 * squared64(numericalGradient(logit, x, 1e-4))));
    };
    const penalty = (w: Tensor): Tensor =>
      r1Penalty((x) => sum(softplus(matMul(x as Tensor2D, w as Tensor2D)), 1), tensor2d(image, [2, 2]));
    expect(worstError([valueOf(() => penalty(tensor2d(weights, [2, 3])))], [penalty64(weights)])).toBeLessThan(1e-6);
    expect(worstError(gradientOf(penalty, weights, [2, 3]), numericalGradient(penalty64, weights, 1e-3))).toBeLessThan(1e-5);
  });
});

describe('R1', () => {
  beforeAll(() => selectBackend('cpu'));

  test('of a linear critic is ½‖w‖² whatever the images, and its gradient is w', () => {
    fc.assert(
      fc.property(critics, ({ shape, image, weights }) => {
        const penalty = (w: Tensor): Tensor => r1Penalty(linear(w), tensor2d(image, shape));
        expect(worstError([valueOf(() => penalty(tensor(weights)))], [0.5 * squared64(weights)])).toBeLessThan(1e-6);
        expect(worstError(gradientOf(penalty, weights), weights)).toBeLessThan(1e-6);
      }),
    );
  });

  test('of a quadratic critic is the mean of ½‖½(A + Aᵀ)x‖², and its gradient is that of float64', () => {
    fc.assert(
      fc.property(critics, ({ shape, image, matrix }) => {
        const penalty = (A: Tensor): Tensor => r1Penalty(quadratic(A), tensor2d(image, shape));
        const square: [number, number] = [shape[1], shape[1]];
        const expected = (m: readonly number[]): number => quadraticPenalty64(m, image, shape[1]);
        expect(worstError([valueOf(() => penalty(tensor2d(matrix, square)))], [expected(matrix)])).toBeLessThan(1e-5);
        // A quadratic function: central differences are exact for any step.
        expect(worstError(gradientOf(penalty, matrix, square), numericalGradient(expected, matrix, 1))).toBeLessThan(1e-5);
      }),
      { numRuns: 50 },
    );
  });

  test('is never negative, and grows with the square of the critic', () => {
    fc.assert(
      fc.property(critics, fc.constantFrom(-3, -1, 0, 0.5, 2), ({ shape, image, matrix }, factor) => {
        const A = (): Tensor => tensor2d(matrix, [shape[1], shape[1]]);
        const value = valueOf(() => r1Penalty(quadratic(A()), tensor2d(image, shape)));
        const scaled = valueOf(() => r1Penalty((x) => mul(quadratic(A())(x), factor), tensor2d(image, shape)));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(worstError([scaled], [factor ** 2 * value])).toBeLessThan(1e-5);
      }),
    );
  });

  test('does not depend on the order of the samples nor on a constant added to the logits, and its reductions agree', () => {
    fc.assert(
      fc.property(critics, ({ shape, image, matrix }) => {
        const D = (x: Tensor): Tensor => quadratic(tensor2d(matrix, [shape[1], shape[1]]))(x);
        const each = valuesOf(() => r1Penalty(D, tensor2d(image, shape), { reduction: 'none' }));
        expect(each).toHaveLength(shape[0]);
        const reversed = valuesOf(() => r1Penalty(D, tensor2d(reversedRows(image, shape[1]), shape), { reduction: 'none' }));
        expect(worstError(reversed, [...each].reverse())).toBeLessThan(1e-6);
        expect(worstError([valueOf(() => r1Penalty(D, tensor2d(image, shape)))], [mean64(each)])).toBeLessThan(1e-6);
        expect(worstError([valueOf(() => r1Penalty(D, tensor2d(image, shape), { reduction: 'sum' }))], [sum64(each)])).toBeLessThan(1e-6);
        const shifted = valueOf(() => r1Penalty((x) => add(D(x), 7), tensor2d(image, shape)));
        expect(worstError([shifted], [mean64(each)])).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });

  test('sums over pixels and channels, and does not care whether logits are [batch] or [batch, 1]', () => {
    const image = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 1, 2]);
    const flat = (x: Tensor): Tensor => sum(mul(square(x), 0.5), [1, 2, 3]);
    expect(valuesOf(() => r1Penalty(flat, image, { reduction: 'none' }))).toEqual([15, 87]);
    expect(valueOf(() => r1Penalty((x) => reshape(flat(x), [2, 1]), image))).toBe(51);
  });

  test('images and gradients up to 1e4 give finite penalties', () => {
    fc.assert(
      fc.property(float32(1e4), float32(1e4), (x, w) => {
        const penalty = valueOf(() => r1Penalty(linear(tensor([w])), tensor2d([x], [1, 1])));
        expect(Number.isFinite(penalty)).toBe(true);
      }),
    );
  });
});

describe('interpolateImages', () => {
  beforeAll(() => selectBackend('cpu'));

  test('gives the real image at 1, the generated one at 0, and stays between', () => {
    fc.assert(
      fc.property(criticCases, ({ shape, image, other, epsilon }) => {
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
        criticCases,
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

const BATCH = 2;
const parameters = scattered(PARAMETERS, 11);
const image = scattered(BATCH * PIXELS, 2);
const generated = scattered(BATCH * PIXELS, 3);
const noise = scattered(BATCH * PIXELS, 4).map((v) => 0.3 * v);
const epsilon = [0.3125, 0.8125];

const images = (values: readonly number[]): Tensor => tensor(Array.from(values), [BATCH, SIZE, SIZE, CHANNELS]);
const samples = (values: readonly number[]): number[][] =>
  Array.from({ length: BATCH }, (_, i) => values.slice(i * PIXELS, (i + 1) * PIXELS));
const between = image.map((x, i) => epsilon[Math.floor(i / PIXELS)]! * x + (1 - epsilon[Math.floor(i / PIXELS)]!) * generated[i]!);
const noisy = image.map((x, i) => x + noise[i]!);

const half = (squaredNorm: number): number => squaredNorm / 2;
const nearTwo = (squaredNorm: number): number => (Math.sqrt(squaredNorm) - 2) ** 2;
const options: GradientNormOptions = { target: 2 };

const PENALTIES = [
  { name: 'R1', at: image, charge: half, penalty: (D: Critic) => r1Penalty(D, images(image)) },
  { name: 'R2', at: generated, charge: half, penalty: (D: Critic) => r2Penalty(D, images(generated)) },
  {
    name: 'WGAN-GP',
    at: between,
    charge: nearTwo,
    penalty: (D: Critic) => wganGpPenalty(D, images(image), images(generated), tensor1d(epsilon), options),
  },
  { name: 'DRAGAN', at: noisy, charge: nearTwo, penalty: (D: Critic) => draganPenalty(D, images(image), images(noise), options) },
] as const;

const expectations = PENALTIES.map(({ at, charge }) => {
  const value = (flat: number[]): number => mean64(samples(at).map((x) => charge(squaredGradientNorm64(flat, x))));
  return { value: value(parameters), gradient: gradient64(value, parameters, 1e-3) };
});

test('the images keep away from the corners of the critic, where differences are no derivatives', () => {
  for (const { at } of PENALTIES) for (const x of samples(at)) expect(nearestCorner64(parameters, x)).toBeGreaterThan(4e-3);
});

describe.each(BACKENDS)('a critic with instance norm, lrelu and pooling on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('has the value of the float64 one', () => {
    const values = valuesOf(() => reshape(critic(criticTensors(parameters), images(image)), [BATCH]));
    expect(
      worstError(
        values,
        samples(image).map((x) => critic64(parameters, x)),
      ),
    ).toBeLessThan(1e-5);
  });

  test.each(PENALTIES.map(({ name, penalty }, i) => ({ name, penalty, expected: expectations[i]! })))(
    '$name has the value and the parameter gradient of float64 differences',
    ({ penalty, expected }) => {
      const tensors = criticTensors(parameters);
      const { value, gradients } = valueAndGradients(
        (weights) => ({ value: penalty((x) => critic(Object.values(weights), x)) as Scalar, auxiliary: {} }),
        Object.fromEntries(tensors.map((weight, i) => [`weight${i}`, weight])),
      );
      const gradient = tensors.flatMap((_, i) => valuesOf(() => gradients[`weight${i}`]!));
      const scale = Math.max(...expected.gradient.map(Math.abs));
      expect(
        worstError(
          valuesOf(() => value),
          [expected.value],
        ),
      ).toBeLessThan(1e-5);
      expect(scale).toBeGreaterThan(0.1);
      expect(
        worstError(
          gradient.map((g) => g / scale),
          expected.gradient.map((g) => g / scale),
        ),
      ).toBeLessThan(2e-5);
    },
  );
});
