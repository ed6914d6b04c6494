import { grad, square, sum, tensor } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients } from '@stargan/ops';
import { beforeAll, describe, expect, test } from 'vitest';
import { BACKENDS, selectBackend } from './backends.js';
import { gradient64, sum64, valuesOf, worstError } from './numbers.js';

/** One argument of a loss. */
export interface Input {
  readonly values: readonly number[];
  readonly shape: number[];
}

/** A loss of tensors that gives a scalar, and the same in float64. */
export interface DerivativeCase {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly loss: (...tensors: Tensor[]) => Tensor;
  readonly exact: (...values: number[][]) => number;
  /** Inputs that are constants to the loss, by number: their gradient must be zero. */
  readonly constants?: readonly number[];
}

type Function64 = (...values: number[][]) => number;

/** Derivative of a float64 function of several lists with respect to one of them. */
function derivative64(f: Function64, at: readonly (readonly number[])[], index: number): number[] {
  return gradient64((moved) => f(...at.map((values, i) => (i === index ? moved : [...values]))), at[index]!, 1e-3);
}

/** Derivatives of a float64 function of several lists, one list each. */
function derivatives64(f: Function64, at: readonly (readonly number[])[]): number[][] {
  return at.map((_, i) => derivative64(f, at, i));
}

/**
 * Value, gradient with respect to every input, and the gradient of each squared gradient (the second order that a
 * penalty needs), against differences in float64, on every backend.
 */
export function describeDerivatives({ name, inputs, loss, exact, constants = [] }: DerivativeCase): void {
  const at = inputs.map(({ values }) => values);
  const tensors = (): Record<string, Tensor> =>
    Object.fromEntries(inputs.map(({ values, shape }, i) => [`input${i}`, tensor(Array.from(values), shape)]));
  /** Zero where the float64 function is not to be followed, because the loss takes the input as a constant. */
  const expected = derivatives64(exact, at).map((g, i) => (constants.includes(i) ? g.map(() => 0) : g));
  // Differences of differences take longer than the losses do, and are the same for every backend.
  const secondDerivatives = at.map((_, k) =>
    constants.includes(k) ? [] : derivatives64((...all) => sum64(derivative64(exact, all, k).map((g) => g * g)), at),
  );

  function gradientsOf(f: (...tensors: Tensor[]) => Tensor): number[][] {
    const { gradients } = valueAndGradients((named) => ({ value: f(...Object.values(named)) as Scalar, auxiliary: {} }), tensors());
    return inputs.map((_, i) => valuesOf(() => gradients[`input${i}`]!));
  }

  describe.each(BACKENDS)(`${name} on %s`, (backend) => {
    beforeAll(() => selectBackend(backend));

    test('has the value of float64', () => {
      expect(
        worstError(
          valuesOf(() => loss(...Object.values(tensors()))),
          [exact(...at.map((values) => [...values]))],
        ),
      ).toBeLessThan(1e-6);
    });

    test('has the gradient of float64 differences with respect to every input', () => {
      gradientsOf(loss).forEach((gradient, i) => {
        expect(worstError(gradient, expected[i]!)).toBeLessThan(2e-6);
      });
    });

    test('differentiates again: the gradients of its squared gradient are those of float64', () => {
      for (const k of inputs.keys()) {
        if (constants.includes(k)) continue;
        const squared = (...all: Tensor[]): Tensor =>
          sum(square(grad((x: Tensor) => loss(...all.map((other, j) => (j === k ? x : other))))(all[k]!)));
        gradientsOf(squared).forEach((gradient, i) => {
          if (!constants.includes(i)) expect(worstError(gradient, secondDerivatives[k]![i]!)).toBeLessThan(1e-5);
        });
      }
    });
  });
}
