import { bidiagonalSingularValues } from './bidiagonal-singular-values.js';
import { bidiagonalise } from './bidiagonalise.js';

/**
 * The singular values of a matrix, none for a matrix of zeros.
 *
 * @param matrix `[rows, columns]`, row-major with `stride` values from row to row, finite; it is not changed
 */
export function singularValues(matrix: Float64Array, rows: number, columns: number, stride = columns): Float64Array {
  const ofRows = new Float64Array(rows);
  const ofColumns = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const size = Math.abs(matrix[i * stride + j]!);
      if (size > ofRows[i]!) ofRows[i] = size;
      if (size > ofColumns[j]!) ofColumns[j] = size;
    }
  }
  const [rowOrder, columnOrder] = [largestFirst(ofRows), largestFirst(ofColumns)];
  const largest = ofRows[rowOrder[0]!] ?? 0;
  if (largest === 0) return new Float64Array(0);
  // Scaled by a power of two, which rounds nothing, so that squares neither overflow nor vanish; the large before the
  // small, so that reflections do not bury these; and upright, which is what takes fewer operations.
  const unit = 2 ** Math.floor(Math.log2(largest));
  const [height, width] = rows >= columns ? [rows, columns] : [columns, rows];
  const upright = new Float64Array(height * width);
  for (let i = 0; i < rows; i++) {
    const from = rowOrder[i]! * stride;
    for (let j = 0; j < columns; j++) {
      upright[rows >= columns ? i * width + j : j * width + i] = matrix[from + columnOrder[j]!]! / unit;
    }
  }
  return bidiagonalSingularValues(bidiagonalise(upright, height, width)).map((value) => unit * value);
}

const largestFirst = (sizes: Float64Array): Uint32Array => Uint32Array.from(sizes, (_, i) => i).sort((a, b) => sizes[b]! - sizes[a]!);

/**
 * The sum of a matrix's singular values, ‖A‖₊ = tr (AᵀA)^½.
 *
 * @param matrix `[rows, columns]`, row-major with `stride` values from row to row, finite; it is not changed
 */
export const nuclearNorm = (matrix: Float64Array, rows: number, columns: number, stride = columns): number =>
  singularValues(matrix, rows, columns, stride).reduce((sum, value) => sum + value, 0);
