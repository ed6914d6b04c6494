import { mul, sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients, type Parameters } from '../index.js';
import type { NdArray } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import { toArray } from './tensors.js';

type Run = OperationCase['run'];

const named = (inputs: readonly Tensor[]): Parameters => Object.fromEntries(inputs.map((input, i) => [`input${i}`, input]));

function inner(a: Tensor, b: Tensor): Scalar {
  return sum<Scalar>(mul(a, b));
}

/** ⟨c, op(x, …)⟩ for inputs (x, …, c). */
function weighted(run: Run, inputs: readonly Tensor[]): Scalar {
  return inner(run(...inputs.slice(0, -1)), inputs.at(-1)!);
}

function takeArrays(gradients: Record<string, Tensor>): NdArray[] {
  return Object.values(gradients).map((gradient) => {
    const array = toArray(gradient);
    gradient.dispose();
    return array;
  });
}

/** Gradient of ⟨c, op(x, …)⟩ with respect to every input of (x, …, c), by the tape. */
export function tapeFirstDerivatives(run: Run, inputs: readonly Tensor[]): NdArray[] {
  const { value, gradients } = valueAndGradients(() => weighted(run, inputs), named(inputs));
  value.dispose();
  return takeArrays(gradients);
}

/** Gradient with respect to every input of ⟨∇⟨c, op(x, …)⟩, u⟩, ∇ being that of input `index`, by a tape in a tape. */
export function tapeSecondDerivatives(run: Run, inputs: readonly Tensor[], index: number, u: Tensor): NdArray[] {
  const { value, gradients } = valueAndGradients(() => {
    const first = valueAndGradients(() => weighted(run, inputs), named(inputs));
    return inner(Object.values(first.gradients)[index]!, u);
  }, named(inputs));
  value.dispose();
  return takeArrays(gradients);
}
