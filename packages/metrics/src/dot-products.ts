import { matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { FeatureRows } from './features.js';
import { addTransposedProduct, packSamples, paddedColumns } from './linear-algebra/panel-product.js';

/** Products in one block: what the result takes is 16 MiB in float32. */
const BLOCK_PRODUCTS = 2 ** 22;

/** Samples whose products are made at a time in float64: strips of them stay in the second-level cache. */
const BLOCK_SAMPLES = 96;

/** Products of some samples of the one set with all of the other. */
export interface ProductBlock {
  /** The first of the samples. */
  readonly start: number;
  readonly rows: number;
  /** From row to row of `products`. */
  readonly stride: number;
  /** `[rows, stride]`, row-major, of which the first columns hold products */
  readonly products: Float32Array | Float64Array;
}

/**
 * x · y of every x in `left` [n, dimension] and y in `right` [m, dimension], some rows at a time: in the backend's float32
 * matrix product for features in float32, in float64 where one of them is in float64.
 */
export function dotProducts(left: FeatureRows, right: FeatureRows): AsyncIterable<ProductBlock> | Iterable<ProductBlock> {
  const { data: a } = left;
  const { data: b } = right;
  if (a instanceof Float32Array && b instanceof Float32Array) return backendProducts(a, b, left.shape[0], right.shape);
  return exactProducts(left, right);
}

async function* backendProducts(
  left: Float32Array,
  right: Float32Array,
  n: number,
  [columns, dimension]: readonly [number, number],
): AsyncGenerator<ProductBlock> {
  const height = Math.max(1, Math.floor(BLOCK_PRODUCTS / columns));
  const others = tensor2d(right, [columns, dimension]);
  try {
    for (let start = 0; start < n; start += height) {
      const rows = Math.min(height, n - start);
      const values = left.subarray(start * dimension, (start + rows) * dimension);
      const product = tidy(() => matMul(tensor2d(values, [rows, dimension]), others, false, true));
      try {
        yield { start, rows, stride: columns, products: await product.data<'float32'>() };
      } finally {
        product.dispose();
      }
    }
  } finally {
    others.dispose();
  }
}

function* exactProducts(left: FeatureRows, right: FeatureRows): Generator<ProductBlock> {
  const [n, dimension] = left.shape;
  const [columns] = right.shape;
  const stride = paddedColumns(columns);
  const others = packSamples(right.data, dimension, 0, columns);
  for (let start = 0; start < n; start += BLOCK_SAMPLES) {
    const rows = Math.min(BLOCK_SAMPLES, n - start);
    const products = new Float64Array(paddedColumns(rows) * stride);
    addTransposedProduct(products, stride, packSamples(left.data, dimension, start, rows), others);
    yield { start, rows, stride, products };
  }
}
