import {
  add,
  grad,
  matMul,
  memory,
  mul,
  reshape,
  softplus,
  square,
  sum,
  tensor,
  tensor2d,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { realLogisticLoss } from './adversarial.js';
import { outputsAndInputGradient, r1Penalty, r1PenaltyOfGradient, squaredGradientNorm } from './gradient-penalty.js';
import { float32, reversedRows } from './testing/arbitraries.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import { gradientOf, mean64, numericalGradient, softplus64, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';

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

describe('outputsAndInputGradient', () => {
  beforeAll(() => selectBackend('cpu'));

  test('runs the function once and gives the outputs with the gradient of their sum', () => {
    let runs = 0;
    const cubes = (x: Tensor): Tensor => {
      runs++;
      return mul(square(x), x);
    };
    const { outputs, gradient } = outputsAndInputGradient(cubes, tensor([1, -2]));
    expect([Array.from(outputs.dataSync()), Array.from(gradient.dataSync())]).toEqual([
      [1, -8],
      [3, 12],
    ]);
    expect(runs).toBe(1);
  });

  test('one call serves a discriminator step: loss and penalty have the gradient of two separate passes', () => {
    const image = tensor2d([0.5, -1, 2, 0.25], [2, 2]);
    const w = variable(tensor2d([0.3, -0.2, 0.7, 1.1], [2, 2]));
    const D = (x: Tensor): Tensor => sum(softplus(matMul(x as Tensor2D, w as Tensor2D)), 1);
    const gradient = (objective: () => Tensor): number[] => {
      const { value, grads } = variableGrads(() => objective() as Scalar, [w]);
      value.dispose();
      return valuesOf(() => grads[w.name] ?? tensor([]));
    };
    const shared = gradient(() => {
      const { outputs, gradient: g } = outputsAndInputGradient(D, image);
      return add(realLogisticLoss(outputs), r1PenaltyOfGradient(g));
    });
    const separate = gradient(() => add(realLogisticLoss(D(image)), r1Penalty(D, image)));
    expect(worstError(shared, separate)).toBeLessThan(1e-6);
    expect(shared.every((value) => value !== 0)).toBe(true);
    w.dispose();
  });

  test('a result that does not depend on the input is refused with what to do', () => {
    const fixed = tensor([1]);
    const before = memory().numTensors;
    expect(() => outputsAndInputGradient(() => square(fixed), tensor([1]))).toThrow('outputsAndInputGradient: f(x) must depend on x');
    expect(memory().numTensors - before).toBe(1);
  });

  test('wrong arguments are refused by name', () => {
    expect(() => r1Penalty((x) => x, tensor([1], [1], 'int32'))).toThrow('r1Penalty: image must be float32, got int32');
    expect(() => squaredGradientNorm(tensor(1))).toThrow('squaredGradientNorm: gradient must be [batch, ...]');
  });

  test('nothing but the results is left in memory', () => {
    const image = tensor2d([1, 2, 3, 4], [2, 2]);
    const A = tensor2d([1, 2, 3, 4], [2, 2]);
    expect(tensorsLeft(() => outputsAndInputGradient(quadratic(A), image))).toBe(2);
    expect(tensorsLeft(() => r1Penalty(quadratic(A), image))).toBe(1);
    expect(tensorsLeft(() => squaredGradientNorm(image))).toBe(1);
    expect(tensorsLeft(() => grad((a: Tensor) => r1Penalty(quadratic(a), image))(A))).toBe(1);
  });
});
