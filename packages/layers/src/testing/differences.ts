import { add, mul, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients } from '@stargan/ops';
import { expect } from 'vitest';

/** Values in [−1, 1] that are the same in every run and have no pattern. */
export function scattered(length: number, seed: number): number[] {
  return Array.from({ length }, (_, i) => Math.fround((Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453) % 1));
}

/** An input of a layer. */
export interface Input {
  readonly values: readonly number[];
  readonly shape: readonly number[];
}

type Layer64 = (...inputs: number[][]) => number[];

function gradient64(f: (x: number[]) => number, at: readonly number[]): number[] {
  const step = 1e-3;
  return at.map((_, index) => {
    const moved = (by: number): number => f(at.map((value, i) => (i === index ? value + by : value)));
    return (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step);
  });
}

function expectClose(actual: Tensor, expected: readonly number[], tolerance: number, what: string): void {
  const values = Array.from(actual.dataSync());
  expect(values, what).toHaveLength(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = Math.max(...values.map((value, i) => Math.abs(value - expected[i]!) / scale));
  expect(worst, what).toBeLessThan(tolerance);
}

/**
 * Fails unless a layer has the values of float64, the gradients of ⟨weighting, layer⟩ + ½‖layer‖² with respect to every
 * input, and the gradients of ½‖∂/∂input₀‖² (what a gradient penalty needs) with respect to every input.
 */
export function expectDerivatives(inputs: readonly Input[], layer: (...inputs: Tensor[]) => Tensor, exact: Layer64): void {
  const at = inputs.map(({ values }) => [...values]);
  const output = exact(...at);
  const weighting = scattered(output.length, 91);
  const number64 = (...values: number[][]): number => exact(...values).reduce((total, y, i) => total + weighting[i]! * y + (y * y) / 2, 0);
  const partial = (f: (...values: number[][]) => number, values: number[][], k: number): number[] =>
    gradient64((moved) => f(...values.map((other, j) => (j === k ? moved : other))), values[k]!);
  tidy(() => {
    const tensors = Object.fromEntries(inputs.map(({ values, shape }, i) => [`input${i}`, tensor([...values], [...shape])]));
    const number = (...values: Tensor[]): Scalar => {
      const y = layer(...values);
      return sum(add(mul(y, tensor(weighting, y.shape)), mul(mul(y, y), 0.5)));
    };
    expectClose(layer(...Object.values(tensors)), output, 1e-5, 'value');
    const first = valueAndGradients((named) => number(...Object.values(named)), tensors).gradients;
    inputs.forEach((_, k) => expectClose(first[`input${k}`]!, partial(number64, at, k), 3e-5, `gradient of input ${k}`));
    const penalty = (...values: Tensor[]): Scalar => {
      const { gradients } = valueAndGradients(({ x }) => number(x, ...values.slice(1)), { x: values[0]! });
      return mul(sum(mul(gradients.x, gradients.x)), 0.5);
    };
    const penalty64 = (...values: number[][]): number => partial(number64, values, 0).reduce((total, g) => total + (g * g) / 2, 0);
    const second = valueAndGradients((named) => penalty(...Object.values(named)), tensors).gradients;
    inputs.forEach((_, k) => expectClose(second[`input${k}`]!, partial(penalty64, at, k), 1e-4, `second-order gradient of input ${k}`));
  });
}
