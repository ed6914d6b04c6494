import { nuclearNorm } from './linear-algebra/nuclear-norm.js';
import { addTransposedProduct, packPanels, paddedColumns } from './linear-algebra/panel-product.js';
import { pivotedCholesky, type SemidefiniteFactor } from './linear-algebra/pivoted-cholesky.js';

/** Mean and covariance of features, all that the Fréchet distance knows of them. */
export interface GaussianStatistics {
  /** `[dimension]` */
  readonly mean: Float64Array;
  /** `[dimension, dimension]`, row-major, symmetric. */
  readonly covariance: Float64Array;
}

/** Largest difference of an entry from its mirror image, as a share of the largest entry: float32 statistics pass. */
const ASYMMETRY = 1e-5;

/** Rows that are multiplied at a time: a strip of them stays in the first-level cache. */
const BLOCK = 256;

/**
 * The squared Fréchet distance between two normal distributions (Dowson and Landau, 1982), with features of the Inception
 * network the FID (Heusel et al., NeurIPS 2017):
 *
 *     |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½
 *
 * With factors Σᵢ = LᵢLᵢᵀ, the last trace is the sum of the singular values of L₁ᵀL₂. No square root of a matrix that
 * may not have one is taken, so singular covariances (fewer samples than dimensions) need no multiple of the identity
 * added to them, as implementations with a general matrix square root do; the value is the one without it.
 *
 * @param first mean [dimension] and covariance [dimension, dimension] of one set
 * @param second those of the other; exchanging the two changes nothing but rounding
 * @returns ≥ 0; rounding below zero (of the order 2⁻⁵² · (tr Σ₁ + tr Σ₂)) is cut off
 * @throws RangeError when sizes differ, a value is not finite, or a covariance is not symmetric or not positive
 * semidefinite beyond rounding
 */
export function frechetDistance(first: GaussianStatistics, second: GaussianStatistics): number {
  const dimension = first.mean.length;
  if (second.mean.length !== dimension) {
    throw new RangeError(`frechetDistance: both must have the same dimension, got ${dimension} and ${second.mean.length}`);
  }
  requireStatistics('first', first);
  requireStatistics('second', second);

  let distance = 0;
  for (let i = 0; i < dimension; i++) {
    distance += (first.mean[i]! - second.mean[i]!) ** 2 + first.covariance[i * dimension + i]! + second.covariance[i * dimension + i]!;
  }
  return Math.max(0, distance - 2 * traceOfRoot(factorise('first', first), factorise('second', second)));
}

function requireStatistics(name: string, { mean, covariance }: GaussianStatistics): void {
  const n = mean.length;
  const must = (what: string, got: string): RangeError => new RangeError(`frechetDistance: ${name}.${what}, got ${got}`);
  if (n === 0) throw must('mean must have at least one value', 'none');
  if (covariance.length !== n * n) throw must(`covariance must have ${n} × ${n} = ${n * n} values, as the mean has ${n}`, `${covariance.length}`);
  for (const [i, value] of mean.entries()) {
    if (!Number.isFinite(value)) throw must('mean must be finite', `${value} at ${i}`);
  }
  let largest = 0;
  let asymmetry = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * n + j]!;
      const mirrored = covariance[j * n + i]!;
      if (!Number.isFinite(value) || !Number.isFinite(mirrored)) throw must('covariance must be finite', `${value} and ${mirrored} at [${i}, ${j}] and its mirror image`);
      largest = Math.max(largest, Math.abs(value));
      asymmetry = Math.max(asymmetry, Math.abs(value - mirrored));
    }
  }
  if (asymmetry > ASYMMETRY * largest) throw must('covariance must be symmetric', `entries that differ by ${asymmetry} from their mirror images`);
}

function factorise(name: string, { mean, covariance }: GaussianStatistics): SemidefiniteFactor {
  const factor = pivotedCholesky(covariance, mean.length);
  if (factor === undefined) {
    throw new RangeError(`frechetDistance: ${name}.covariance must be positive semidefinite, got one with a negative variance in some direction`);
  }
  return factor;
}

/** tr (Σ₁Σ₂)^½ = ‖L₁ᵀL₂‖₊ */
function traceOfRoot(first: SemidefiniteFactor, second: SemidefiniteFactor): number {
  const n = first.dimension;
  if (first.rank === 0 || second.rank === 0) return 0;
  const stride = paddedColumns(second.rank);
  const product = new Float64Array(paddedColumns(first.rank) * stride);
  for (let start = 0; start < n; start += BLOCK) {
    const rows = Math.min(BLOCK, n - start);
    const offsetOf = (row: number): number => first.order[start + row]! * n;
    // In the order of its pivots the first factor is lower triangular.
    const columns = Math.min(first.rank, start + rows);
    addTransposedProduct(product, stride, packPanels(first.data, rows, columns, offsetOf), packPanels(second.data, rows, second.rank, offsetOf));
  }
  return nuclearNorm(product, first.rank, second.rank, stride);
}
