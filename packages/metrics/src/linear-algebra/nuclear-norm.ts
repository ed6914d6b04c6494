import { bidiagonalSingularValues } from './bidiagonal-singular-values.js';
import { bidiagonalise } from './bidiagonalise.js';

/**
 * The sum of a matrix's singular values, ‖A‖₊ = tr (AᵀA)^½.
 *
 * @param matrix `[rows, columns]`, row-major with `stride` values from row to row, finite; it is not changed
 */
export function nuclearNorm(matrix: Float64Array, rows: number, columns: number, stride = columns): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) largest = Math.max(largest, Math.abs(matrix[i * stride + j]!));
  }
  if (largest === 0) return 0;
  // Scaled, so that squares neither overflow nor vanish, and upright, which is what takes fewer operations.
  const [height, width] = rows >= columns ? [rows, columns] : [columns, rows];
  const upright = new Float64Array(height * width);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      upright[rows >= columns ? i * width + j : j * width + i] = matrix[i * stride + j]! / largest;
    }
  }
  const values = bidiagonalSingularValues(bidiagonalise(upright, height, width));
  return largest * values.reduce((sum, value) => sum + value, 0);
}
