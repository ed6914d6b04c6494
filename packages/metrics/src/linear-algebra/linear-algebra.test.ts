import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalMatrix, orthogonalMatrix } from '../testing/random-features.js';
import { bidiagonalSingularValues } from './bidiagonal-singular-values.js';
import { bidiagonalise } from './bidiagonalise.js';
import { nuclearNorm } from './nuclear-norm.js';
import { addTransposedProduct, packPanels, paddedColumns } from './panel-product.js';
import { pivotedCholesky } from './pivoted-cholesky.js';

const size = fc.integer({ min: 1, max: 20 });
const seed = fc.integer({ min: 0, max: 1e6 });

/** `left · right`, row-major. */
function times(left: Float64Array, right: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      for (let j = 0; j < columns; j++) product[i * columns + j]! += left[i * inner + k]! * right[k * columns + j]!;
    }
  }
  return product;
}

function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j]!;
  return result;
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('addTransposedProduct', () => {
  test('adds leftᵀ · right for any sizes, over rows in any order', () => {
    fc.assert(
      fc.property(size, size, size, seed, (rows, columns, others, seed) => {
        const left = normalMatrix(rows, columns, seed);
        const right = normalMatrix(rows, others, seed + 1);
        const stride = paddedColumns(others);
        const out = new Float64Array(paddedColumns(columns) * stride).fill(1);
        addTransposedProduct(
          out,
          stride,
          packPanels(left, rows, columns, (row) => (rows - 1 - row) * columns),
          packPanels(right, rows, others, (row) => (rows - 1 - row) * others),
        );
        const expected = times(transposed(left, rows, columns), right, columns, rows, others);
        const actual = Array.from(expected, (_, at) => out[Math.floor(at / others) * stride + (at % others)]! - 1);
        expect(worst(actual, expected)).toBeLessThan(1e-13);
      }),
    );
  });

  test('leaves tiles above the diagonal alone when asked for the lower part', () => {
    const panels = packPanels(normalMatrix(5, 9, 1), 5, 9, (row) => row * 9);
    const all = new Float64Array(81);
    const lower = new Float64Array(81);
    addTransposedProduct(all, 9, panels, panels);
    addTransposedProduct(lower, 9, panels, panels, 'lower');
    for (let i = 0; i < 9; i++) {
      for (let j = 0; j < 9; j++) expect(lower[i * 9 + j]).toBe(Math.floor(j / 3) <= Math.floor(i / 3) ? all[i * 9 + j] : 0);
    }
  });
});

describe('pivotedCholesky', () => {
  test('gives L with L Lᵀ = A and as many columns as A has rank, or one more of rounding', () => {
    fc.assert(
      fc.property(size, size, seed, (dimension, columns, seed) => {
        const root = normalMatrix(dimension, columns, seed);
        const matrix = times(root, transposed(root, dimension, columns), dimension, columns, dimension);
        const factor = pivotedCholesky(matrix, dimension)!;
        const largest = Math.max(...matrix);
        // Of nearly dependent columns one can be too small to tell from rounding; and once in some ten thousand matrices what rounding leaves
        // is a little more than it is taken to be at most.
        const rank = Math.min(dimension, columns);
        expect(factor.rank).toBeLessThanOrEqual(rank + 1);
        for (let row = 0; row < dimension && rank < dimension; row++) {
          expect(factor.data[row * dimension + rank]! ** 2).toBeLessThanOrEqual(
            8 * dimension * Number.EPSILON * matrix[row * (dimension + 1)]!,
          );
        }
        for (let k = 0; k < dimension; k++) {
          for (let column = k + 1; column < dimension; column++) expect(factor.data[factor.order[k]! * dimension + column]).toBe(0);
        }
        const product = times(factor.data, transposed(factor.data, dimension, dimension), dimension, dimension, dimension);
        expect(worst(product, matrix)).toBeLessThan(1e-14 * dimension * largest);
      }),
    );
  });

  test('finds the rank of a singular matrix', () => {
    const root = normalMatrix(40, 7, 3);
    expect(pivotedCholesky(times(root, transposed(root, 40, 7), 40, 7, 40), 40)!.rank).toBe(7);
    expect(pivotedCholesky(new Float64Array(16), 4)!.rank).toBe(0);
  });

  test('refuses a matrix with a negative eigenvalue, on the diagonal or not', () => {
    expect(pivotedCholesky(Float64Array.of(1, 0, 0, -0.5), 2)).toBeUndefined();
    expect(pivotedCholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
    expect(pivotedCholesky(Float64Array.of(-1), 1)).toBeUndefined();
  });

  test('stops at the rounding of a covariance stored in float32', () => {
    const root = normalMatrix(40, 7, 3);
    const matrix = times(root, transposed(root, 40, 7), 40, 7, 40);
    const factor = pivotedCholesky(Float64Array.from(new Float32Array(matrix)), 40)!;
    const product = times(factor.data, transposed(factor.data, 40, 40), 40, 40, 40);
    expect(worst(product, matrix)).toBeLessThan(1e-5);
  });
});

describe('nuclearNorm', () => {
  test('is the sum of known singular values, whatever rotations stand around them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 16 }),
        fc.integer({ min: 0, max: 6 }),
        seed,
        (values, extra, seed) => {
          const columns = values.length;
          const rows = columns + extra;
          const middle = new Float64Array(rows * columns);
          for (const [i, value] of values.entries()) middle[i * columns + i] = value;
          const left = times(orthogonalMatrix(rows, seed), middle, rows, rows, columns);
          const matrix = times(left, orthogonalMatrix(columns, seed + 500), rows, columns, columns);
          const expected = values.reduce((sum, value) => sum + value, 0);
          expect(Math.abs(nuclearNorm(matrix, rows, columns) - expected)).toBeLessThan(1e-12);
          expect(Math.abs(nuclearNorm(transposed(matrix, rows, columns), columns, rows) - expected)).toBeLessThan(1e-12);
        },
      ),
    );
  });

  test('neither overflows nor vanishes', () => {
    const matrix = normalMatrix(9, 6, 2);
    const norm = nuclearNorm(matrix, 9, 6);
    for (const scale of [1e-300, 1e-160, 1e160, 1e300]) {
      expect(
        nuclearNorm(
          matrix.map((value) => value * scale),
          9,
          6,
        ) / scale,
      ).toBeCloseTo(norm, 10);
    }
    expect(nuclearNorm(new Float64Array(12), 4, 3)).toBe(0);
  });
});

describe('singular values', () => {
  test('of Hilbert matrices keep the square of the norm and the determinant', () => {
    const hilbert = Float64Array.from({ length: 25 }, (_, at) => 1 / (Math.floor(at / 5) + (at % 5) + 1));
    const squared = hilbert.reduce((sum, value) => sum + value * value, 0);
    const values = bidiagonalSingularValues(bidiagonalise(hilbert.slice(), 5, 5));
    expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(squared, 14);
    expect(values.reduce((product, value) => product * value, 1) / (1 / 266716800000)).toBeCloseTo(1, 6);
  });

  test('of bidiagonal matrices with zeros on the diagonal are found', () => {
    const values = bidiagonalSingularValues({ diagonal: Float64Array.of(0, 3, 0, 2), above: Float64Array.of(0, 4, 0, 0) });
    expect(Array.from(values).sort((a, b) => a - b)).toEqual([0, 0, 2, 5].map((value) => expect.closeTo(value, 14) as number));
  });

  test('of a bidiagonal matrix of many equal entries come out of few sweeps', () => {
    const n = 400;
    const values = bidiagonalSingularValues({ diagonal: new Float64Array(n).fill(1), above: new Float64Array(n).fill(1).fill(0, 0, 1) });
    // 2 cos(kπ / (2n + 1)), k = 1 … n
    const expected = Float64Array.from({ length: n }, (_, k) => 2 * Math.cos(((k + 1) * Math.PI) / (2 * n + 1))).sort();
    expect(worst(values.sort(), expected)).toBeLessThan(1e-13);
  });
});
