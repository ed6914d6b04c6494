import type { Tensor } from '@tensorflow/tfjs-core';
import { firstDerivatives, secondDerivatives, weighted } from './finite-differences.js';
import { randomArray, type NdArray } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import { byThisPackage, tapeFirstDerivatives, tapeSecondDerivatives, type Differentiate } from './tensor-derivatives.js';
import { relativeError, toArray, toTensor } from './tensors.js';

/** Largest relative error that float32 arithmetic explains. */
export const TOLERANCE = 1e-4;

/** Worst relative error of one case on one backend; an Error where tensorflow.js refuses to compute. */
export interface Exactness {
  value: number | Error;
  first: number | Error;
  second: number | Error;
}

interface Expectation {
  value: NdArray;
  /**
   * The operation's inputs and, last, the weights c of its outputs. c is an input like the others, so that second
   * derivatives see how a gradient depends on what comes from above: all that there is to see in a linear operation.
   */
  inputs: NdArray[];
  first: NdArray[];
  /** Per input of the operation whose gradient is differentiated: the direction, and the gradients of all inputs. */
  second: { u: NdArray; gradients: NdArray[] }[];
}

const expectations = new Map<OperationCase, Expectation>();

/** The float64 answers, computed once for all backends. */
function expectation(testCase: OperationCase): Expectation {
  const known = expectations.get(testCase);
  if (known !== undefined) return known;
  const value = testCase.reference(...testCase.inputs);
  const inputs = [...testCase.inputs, randomArray(value.shape, 100, { nearest: 0.1 })];
  const f = weighted(testCase.reference);
  const second = testCase.inputs.map((input, i) => {
    const u = randomArray(input.shape, 200 + i, { nearest: 0.1 });
    return { u, gradients: secondDerivatives(f, inputs, i, u) };
  });
  const computed = { value, inputs, first: firstDerivatives(f, inputs), second };
  expectations.set(testCase, computed);
  return computed;
}

function worstError(actual: readonly NdArray[], expected: readonly NdArray[]): number {
  const errors = expected.map((array, i) => relativeError(actual[i]!, array));
  return errors.some(Number.isNaN) ? NaN : Math.max(...errors);
}

function attempt(f: () => number): number | Error {
  try {
    return f();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Compares a case's value, first and second derivatives on the current backend with float64. */
export function measureExactness(testCase: OperationCase, differentiate: Differentiate = byThisPackage): Exactness {
  const expected = expectation(testCase);
  const tensors: Tensor[] = [];
  const own = (array: NdArray): Tensor => {
    const made = toTensor(array);
    tensors.push(made);
    return made;
  };
  const inputs = expected.inputs.map(own);
  const value = attempt(() => {
    const output = testCase.run(...inputs.slice(0, -1));
    tensors.push(output);
    return relativeError(toArray(output), expected.value);
  });
  const first = attempt(() => worstError(tapeFirstDerivatives(testCase.run, inputs, differentiate), expected.first));
  const second = attempt(() =>
    Math.max(
      ...expected.second.map(({ u, gradients }, i) =>
        worstError(tapeSecondDerivatives(testCase.run, inputs, i, own(u), differentiate), gradients),
      ),
    ),
  );
  for (const tensor of tensors) tensor.dispose();
  return { value, first, second };
}

/** Whether an entry of {@link Exactness} is within float32's reach. */
export function isExact(error: number | Error): boolean {
  return typeof error === 'number' && error <= TOLERANCE;
}
