/** A factor L of a symmetric positive semidefinite matrix: A = L Lᵀ, with as many columns as A has rank. */
export interface SemidefiniteFactor {
  readonly dimension: number;
  readonly rank: number;
  /** `[dimension, dimension]`, row-major, of which the first `rank` columns hold L. */
  readonly data: Float64Array;
  /** The order of pivots: in row `order[k]`, columns beyond k are zero. */
  readonly order: Int32Array;
}

/** What a matrix that is meant to be semidefinite may fall below zero by, as a share of the diagonal entry there. */
const NEGATIVE_SHARE = 1e-3;

/** The same for rows whose diagonal entry is none or below zero, as a share of the largest. */
const NEGATIVE_SHARE_OF_LARGEST = 1e-6;

/**
 * Cholesky factorisation with diagonal pivoting, which stops where the matrix has no rank left (Higham, *Analysis of the
 * Cholesky decomposition of a semi-definite matrix*, 1990). So a covariance of fewer samples than dimensions is factorised
 * as exactly as any other, and takes less time.
 *
 * What is left of a diagonal entry is taken for rounding when it is at most dimension · 2⁻⁵² of that entry, or as small a
 * share of it as what fell below zero elsewhere (covariances in float32 do). Each row is judged by its own size, as if the
 * matrix had been scaled to a unit diagonal: a quiet feature beside a loud one is not rounding. Once in some ten thousand small matrices
 * rounding leaves a little more than that, and L has one column of it.
 *
 * @param matrix `[dimension, dimension]`, finite; its lower triangle and diagonal are read
 * @returns undefined when the matrix is not positive semidefinite, by more than rounding explains
 */
export function pivotedCholesky(matrix: Float64Array, dimension: number): SemidefiniteFactor | undefined {
  const n = dimension;
  const data = new Float64Array(n * n);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const diagonal = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i]!);
  const residual = diagonal.slice(); // diagonal of A − L Lᵀ
  const products = new Float64Array(n);
  const largest = diagonal.reduce((a, b) => Math.max(a, b), 0);

  let rank = 0;
  for (; rank < n; rank++) {
    const noise = negativeShare(diagonal, residual, order, rank, largest);
    if (noise > NEGATIVE_SHARE) return undefined;
    let largestShare = Math.max(n * Number.EPSILON, noise);
    let pivotAt = -1;
    for (let k = rank; k < n; k++) {
      const row = order[k]!;
      const share = residual[row]! > 0 ? residual[row]! / diagonal[row]! : 0;
      if (share <= largestShare) continue;
      pivotAt = k;
      largestShare = share;
    }
    if (pivotAt < 0) break;
    const pivot = order[pivotAt]!;
    order[pivotAt] = order[rank]!;
    order[rank] = pivot;

    const root = Math.sqrt(residual[pivot]!);
    data[pivot * n + rank] = root;
    multiplyRows(data, n, order, rank, products);
    for (let k = rank + 1; k < n; k++) {
      const row = order[k]!;
      const entry = row > pivot ? matrix[row * n + pivot]! : matrix[pivot * n + row]!;
      const factor = (entry - products[row]!) / root;
      data[row * n + rank] = factor;
      residual[row]! -= factor * factor;
    }
  }
  return { dimension: n, rank, data, order };
}

/** How far the rows that are left have fallen below zero, the largest share of a diagonal entry. */
function negativeShare(diagonal: Float64Array, residual: Float64Array, order: Int32Array, rank: number, largest: number): number {
  let share = 0;
  for (let k = rank; k < order.length; k++) {
    const row = order[k]!;
    const below = -residual[row]!;
    if (below <= 0) continue;
    if (diagonal[row]! > 0) share = Math.max(share, below / diagonal[row]!);
    // A variance of zero leaves no room for covariances, but for those that rounding makes.
    else if (below > NEGATIVE_SHARE_OF_LARGEST * largest) return Infinity;
  }
  return share;
}

/** Products of the pivot's row with the rows after it, over the columns that are there; four rows at a time. */
function multiplyRows(data: Float64Array, n: number, order: Int32Array, columns: number, products: Float64Array): void {
  const pivot = order[columns]! * n;
  let k = columns + 1;
  for (; k + 4 <= n; k += 4) {
    let a = order[k]! * n,
      b = order[k + 1]! * n,
      c = order[k + 2]! * n,
      d = order[k + 3]! * n;
    let sa = 0,
      sb = 0,
      sc = 0,
      sd = 0;
    for (let p = pivot; p < pivot + columns; p++) {
      const value = data[p]!;
      sa += value * data[a++]!;
      sb += value * data[b++]!;
      sc += value * data[c++]!;
      sd += value * data[d++]!;
    }
    products[order[k]!] = sa;
    products[order[k + 1]!] = sb;
    products[order[k + 2]!] = sc;
    products[order[k + 3]!] = sd;
  }
  for (; k < n; k++) {
    const row = order[k]! * n;
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += data[pivot + column]! * data[row + column]!;
    products[order[k]!] = sum;
  }
}
