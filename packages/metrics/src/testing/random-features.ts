import { randomStream } from '@stargan/random';
import fc from 'fast-check';
import type { FeatureRows } from '../features.js';

/** Draws of N(0, 1) as a row-major matrix. */
export function normalMatrix(rows: number, columns: number, seed: number): Float64Array {
  const stream = randomStream(seed, 'matrix');
  return Float64Array.from({ length: rows * columns }, () => stream.normal());
}

/** Normal features with correlated columns of different spreads and means. */
export function normalFeatures(n: number, dimension: number, seed: number): FeatureRows {
  const independent = normalMatrix(n, dimension, seed);
  const mixing = normalMatrix(dimension, dimension, seed + 1000);
  const shift = normalMatrix(1, dimension, seed + 2000);
  const data = new Float64Array(n * dimension);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < dimension; j++) {
      let sum = shift[j]!;
      for (let k = 0; k < dimension; k++) sum += (independent[i * dimension + k]! * mixing[k * dimension + j]!) / (k + 1);
      data[i * dimension + j] = sum;
    }
  }
  return { data, shape: [n, dimension] };
}

/** Rows chosen by index. */
export function rowsAt({ data, shape: [, dimension] }: FeatureRows, indices: readonly number[]): FeatureRows {
  const rows = new Float64Array(indices.length * dimension);
  for (const [i, index] of indices.entries()) rows.set(data.subarray(index * dimension, (index + 1) * dimension), i * dimension);
  return { data: rows, shape: [indices.length, dimension] };
}

/** An orthogonal matrix: a product of reflections. */
export function orthogonalMatrix(dimension: number, seed: number): Float64Array {
  const matrix = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) matrix[i * dimension + i] = 1;
  for (let reflection = 0; reflection < dimension; reflection++) {
    const normal = normalMatrix(1, dimension, seed + reflection);
    const squared = normal.reduce((sum, value) => sum + value * value, 0);
    for (let i = 0; i < dimension; i++) {
      let overlap = 0;
      for (let k = 0; k < dimension; k++) overlap += matrix[i * dimension + k]! * normal[k]!;
      for (let k = 0; k < dimension; k++) matrix[i * dimension + k]! -= (2 * overlap * normal[k]!) / squared;
    }
  }
  return matrix;
}

/** Every row times a square matrix. */
export function timesMatrix({ data, shape: [n, dimension] }: FeatureRows, matrix: Float64Array): FeatureRows {
  const product = new Float64Array(n * dimension);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < dimension; k++) {
      for (let j = 0; j < dimension; j++) product[i * dimension + j]! += data[i * dimension + k]! * matrix[k * dimension + j]!;
    }
  }
  return { data: product, shape: [n, dimension] };
}

/** Sizes of two sets of features: often fewer samples than dimensions. */
export const sizes = fc.record({
  n: fc.integer({ min: 2, max: 24 }),
  m: fc.integer({ min: 2, max: 24 }),
  dimension: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
});
