import { matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { FeatureRows } from './features.js';

/** Products in one block: what the result takes is 16 MiB. */
const BLOCK_PRODUCTS = 2 ** 22;

/** Products of some samples of the one set with all of the other. */
export interface ProductBlock {
  /** The first of the samples. */
  readonly start: number;
  readonly rows: number;
  /** `[rows, columns]`, row-major */
  readonly products: Float32Array;
}

/**
 * x · y of every x in `left` [n, dimension] and y in `right` [m, dimension], some rows at a time, in the backend's float32
 * matrix product.
 */
export async function* dotProducts(left: FeatureRows, right: FeatureRows): AsyncGenerator<ProductBlock> {
  const [n, dimension] = left.shape;
  const [columns] = right.shape;
  const height = Math.max(1, Math.floor(BLOCK_PRODUCTS / columns));
  const others = tensor2d(asFloat32(right.data), [columns, dimension]);
  try {
    for (let start = 0; start < n; start += height) {
      const rows = Math.min(height, n - start);
      const values = asFloat32(left.data.subarray(start * dimension, (start + rows) * dimension));
      const product = tidy(() => matMul(tensor2d(values, [rows, dimension]), others, false, true));
      try {
        yield { start, rows, products: await product.data<'float32'>() };
      } finally {
        product.dispose();
      }
    }
  } finally {
    others.dispose();
  }
}

const asFloat32 = (data: Float32Array | Float64Array): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data));
