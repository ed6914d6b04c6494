import { mul, sum, valueAndGrads } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients, type Parameters } from '../index.js';
import type { NdArray } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import { toArray } from './tensors.js';

type Run = OperationCase['run'];

/** Gradients of a scalar by tensors. */
export type Differentiate = (f: () => Scalar, inputs: readonly Tensor[]) => Tensor[];

/** By this package's {@link valueAndGradients}. */
export const byThisPackage: Differentiate = (f, inputs) => {
  const { value, gradients } = valueAndGradients(f, named(inputs));
  value.dispose();
  return Object.values(gradients);
};

/** By tensorflow.js's own function, with the gradients that it has registered. */
export const byTensorFlow: Differentiate = (f, inputs) => {
  const { value, grads } = valueAndGrads(f)([...inputs]);
  value.dispose();
  return grads;
};

const named = (inputs: readonly Tensor[]): Parameters => Object.fromEntries(inputs.map((input, i) => [`input${i}`, input]));

function inner(a: Tensor, b: Tensor): Scalar {
  return sum<Scalar>(mul(a, b));
}

/** ⟨c, op(x, …)⟩ for inputs (x, …, c). */
function weighted(run: Run, inputs: readonly Tensor[]): Scalar {
  return inner(run(...inputs.slice(0, -1)), inputs.at(-1)!);
}

function takeArrays(gradients: Tensor[]): NdArray[] {
  return gradients.map((gradient) => {
    const array = toArray(gradient);
    gradient.dispose();
    return array;
  });
}

/** Gradient of ⟨c, op(x, …)⟩ with respect to every input of (x, …, c), by the tape. */
export function tapeFirstDerivatives(run: Run, inputs: readonly Tensor[], differentiate = byThisPackage): NdArray[] {
  return takeArrays(differentiate(() => weighted(run, inputs), inputs));
}

/** Gradient with respect to every input of ⟨∇⟨c, op(x, …)⟩, u⟩, ∇ being that of input `index`, by a tape in a tape. */
export function tapeSecondDerivatives(
  run: Run,
  inputs: readonly Tensor[],
  index: number,
  u: Tensor,
  differentiate = byThisPackage,
): NdArray[] {
  return takeArrays(differentiate(() => inner(differentiate(() => weighted(run, inputs), inputs)[index]!, u), inputs));
}
