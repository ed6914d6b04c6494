import { dot, map, ndArray, type NdArray } from './nd-array.js';

// Central differences in float64. Truncation is about STEP², rounding about 1e-16 / STEP² for second derivatives:
// both stay well below what float32 can resolve.
const STEP = 3e-4;

/** A number that depends on arrays. */
export type ScalarFunction = (inputs: readonly NdArray[]) => number;

function replaceInput(inputs: readonly NdArray[], index: number, replacement: NdArray): NdArray[] {
  return inputs.map((input, i) => (i === index ? replacement : input));
}

function derivative(f: ScalarFunction, inputs: readonly NdArray[], index: number): NdArray {
  const input = inputs[index]!;
  const moved = (element: number, step: number): number =>
    f(
      replaceInput(
        inputs,
        index,
        map(input, (value, i) => (i === element ? value + step : value)),
      ),
    );
  return ndArray(
    input.shape,
    input.data.map((_, element) => (moved(element, STEP) - moved(element, -STEP)) / (2 * STEP)),
  );
}

/** Gradient of `f` with respect to every input. */
export function firstDerivatives(f: ScalarFunction, inputs: readonly NdArray[]): NdArray[] {
  return inputs.map((_, index) => derivative(f, inputs, index));
}

/** Gradient with respect to every input of ⟨∇f, u⟩, ∇ being the gradient with respect to input `index`. */
export function secondDerivatives(f: ScalarFunction, inputs: readonly NdArray[], index: number, u: NdArray): NdArray[] {
  const alongU: ScalarFunction = (at) => {
    const moved = (step: number): number =>
      f(
        replaceInput(
          at,
          index,
          map(at[index]!, (value, i) => value + step * u.data[i]!),
        ),
      );
    return (moved(STEP) - moved(-STEP)) / (2 * STEP);
  };
  return firstDerivatives(alongU, inputs);
}

/** ⟨c, op(x, …)⟩ as a function of (x, …, c). */
export function weighted(operation: (...inputs: NdArray[]) => NdArray): ScalarFunction {
  return (inputs) => dot(operation(...inputs.slice(0, -1)), inputs.at(-1)!);
}
