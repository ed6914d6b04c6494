import { gather, matMul, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { defineOperation, type Operation } from './operation.js';

interface Rows {
  indices: readonly number[];
  count: number;
}

const pick: Operation<{ x: Tensor }, Rows> = defineOperation({
  name: 'SelectRows',
  forward: ({ x }, { indices }) => gather(x, tensor1d([...indices], 'int32')),
  saved: [],
  gradients: (dy, _, rows) => ({ x: () => place({ x: dy }, rows) }),
});

/** The adjoint: adds rows up at the places they were taken from. */
const place: Operation<{ x: Tensor }, Rows> = defineOperation({
  name: 'ScatterRows',
  forward: ({ x }, { indices, count }) => {
    const oneHot = new Float32Array(indices.length * count);
    indices.forEach((row, i) => (oneHot[i * count + row] = 1));
    return matMul(tensor2d(oneHot, [indices.length, count]), x as Tensor2D, true, false);
  },
  saved: [],
  gradients: (dy, _, rows) => ({ x: () => pick({ x: dy }, rows) }),
});

/**
 * The rows of `x` with these indices, in their order; an index may occur more than once.
 * Rows that are not selected get gradient zero, whatever they hold.
 *
 * @param x [rows, values]
 * @param indices whole numbers from 0 to rows − 1
 * @returns [indices.length, values]
 * @throws when an index is out of range or there is none
 */
export function selectRows(x: Tensor2D, indices: readonly number[]): Tensor2D {
  const count = x.shape[0];
  if (indices.length === 0) throw new Error('selectRows: indices must name at least one row, got none');
  for (const index of indices) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new Error(`selectRows: indices must be whole numbers from 0 to ${count - 1}, got ${index}`);
    }
  }
  return pick({ x }, { indices, count }) as Tensor2D;
}
