import {
  add,
  grad,
  matMul,
  memory,
  mul,
  reshape,
  softplus,
  sqrt,
  square,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { realLogisticLoss } from './adversarial.js';
import {
  gradientNorm,
  gradientNormPenaltyOfGradient,
  outputsAndInputGradient,
  r1PenaltyOfGradient,
  squaredGradientNorm,
} from './input-gradient.js';
import { r1Penalty } from './penalties.js';
import { batchOf, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

/** A quadratic critic ½xᵀAx with A symmetrised: its gradient is ½(A + Aᵀ)x. */
const quadratic =
  (A: Tensor) =>
  (x: Tensor): Tensor =>
    mul(sum(mul(matMul(x as Tensor2D, A as Tensor2D), x), 1), 0.5);

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

  test('is, one-sided, the part of the two-sided penalty above the target', () => {
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
