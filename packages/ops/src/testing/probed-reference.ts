import { tidy } from '@tensorflow/tfjs-core';
import { elements, ndArray, type NdArray } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import { toArray, toTensor } from './tensors.js';

function unit(shape: readonly number[], element: number): NdArray {
  const array = ndArray(shape);
  array.data[element] = 1;
  return array;
}

interface Coefficients {
  shape: readonly number[];
  /** Outputs for unit inputs, by the place of the 1 in each input. */
  columns: Float64Array[];
}

/**
 * Float64 reference of an operation that is linear in each of its inputs (one or two): its coefficients are what it
 * gives for inputs with a single 1, which float32 holds without rounding for copies, means of few and products with 1.
 */
export function probedReference(run: OperationCase['run']): OperationCase['reference'] {
  let known: Coefficients | undefined;
  const probe = (first: NdArray, second: NdArray | undefined): Coefficients => {
    const columns: Float64Array[] = [];
    let shape: readonly number[] = [];
    for (let i = 0; i < elements(first.shape); i++) {
      for (let j = 0; j < (second === undefined ? 1 : elements(second.shape)); j++) {
        const inputs = [unit(first.shape, i), ...(second === undefined ? [] : [unit(second.shape, j)])];
        tidy(() => {
          const y = toArray(run(...inputs.map(toTensor)));
          shape = y.shape;
          columns.push(y.data);
        });
      }
    }
    return { shape, columns };
  };
  return (first, second) => {
    if (first === undefined) throw new Error('probedReference: the operation must have an input, got none');
    known ??= probe(first, second);
    const y = ndArray(known.shape);
    const width = second?.data.length ?? 1;
    known.columns.forEach((column, k) => {
      const factor = first.data[Math.floor(k / width)]! * (second?.data[k % width] ?? 1);
      if (factor !== 0) for (let o = 0; o < column.length; o++) y.data[o] = y.data[o]! + factor * column[o]!;
    });
    return y;
  };
}
