import { describeValue } from './describe-value.js';
import { exactSum } from './linear-algebra/exact-sum.js';
import { singularValues } from './linear-algebra/nuclear-norm.js';
import { addTransposedProduct, packPanels, paddedColumns } from './linear-algebra/panel-product.js';
import { pivotedCholesky, type SemidefiniteFactor } from './linear-algebra/pivoted-cholesky.js';

/** Mean and covariance of features, all that the Fréchet distance knows of them. */
export interface GaussianStatistics {
  /** `[dimension]` */
  readonly mean: Float64Array;
  /** `[dimension, dimension]`, row-major, symmetric. */
  readonly covariance: Float64Array;
}

/** Largest difference of an entry from its mirror image, as a share of what it may be: float32 statistics pass. */
const ASYMMETRY = 1e-3;

/** Powers of two within which neither squares nor sums of them leave float64's range. */
const SAFE_EXPONENT = 400;

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
 * added to them, as implementations with a general matrix square root do; the value is the one without it. Features of
 * any scale, and loud ones beside quiet ones, are right to a small multiple of dimension · 2⁻⁵² · (tr Σ₁ + tr Σ₂).
 *
 * @param first mean [dimension] and covariance [dimension, dimension] of one set
 * @param second those of the other; exchanging the two changes nothing but rounding
 * @returns ≥ 0; rounding below zero (of the order 2⁻⁵² · (tr Σ₁ + tr Σ₂)) is cut off
 * @throws RangeError when sizes differ, a value is not finite, a covariance is not symmetric or not positive
 * semidefinite beyond rounding, or the distance is larger than float64 holds
 */
export function frechetDistance(first: GaussianStatistics, second: GaussianStatistics): number {
  requireStatistics('first', first);
  requireStatistics('second', second);
  const dimension = first.mean.length;
  if (second.mean.length !== dimension) {
    throw new RangeError(`frechetDistance: both must have the same dimension, got ${dimension} and ${second.mean.length}`);
  }
  const unit = unitOf(first, second);
  const [a, b] = [inUnits(first, unit), inUnits(second, unit)];
  const distance = exactSum();
  for (let i = 0; i < dimension; i++) {
    distance.add((a.mean[i]! - b.mean[i]!) ** 2);
    distance.add(a.covariance[i * dimension + i]!);
    distance.add(b.covariance[i * dimension + i]!);
  }
  for (const value of rootEigenvalues(factorise('first', a), factorise('second', b))) distance.add(-2 * value);
  const result = Math.max(0, distance.total()) * unit * unit;
  if (!Number.isFinite(result))
    throw new RangeError('frechetDistance: the distance is larger than float64 holds; divide the features by their scale first');
  return result;
}

/** A power of two in which features are counted, so that squares of them stay in float64's range; 1 for all usual ones. */
function unitOf(first: GaussianStatistics, second: GaussianStatistics): number {
  const n = first.mean.length;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    // Halves, since a difference can be twice as large as what float64 holds.
    scale = Math.max(scale, Math.abs(first.mean[i]! / 2 - second.mean[i]! / 2));
    for (const { covariance } of [first, second]) scale = Math.max(scale, Math.sqrt(Math.max(0, covariance[i * n + i]!)));
  }
  const exponent = scale === 0 ? 0 : Math.floor(Math.log2(scale));
  return Math.abs(exponent) <= SAFE_EXPONENT ? 1 : 2 ** Math.max(-1000, Math.min(1000, exponent));
}

function inUnits({ mean, covariance }: GaussianStatistics, unit: number): GaussianStatistics {
  if (unit === 1) return { mean, covariance };
  return { mean: mean.map((value) => value / unit), covariance: covariance.map((value) => value / unit / unit) };
}

function requireStatistics(name: string, statistics: GaussianStatistics): void {
  const must = (what: string, got: string): RangeError => new RangeError(`frechetDistance: ${name}${what}, got ${got}`);
  const { mean, covariance } = statistics ?? {};
  if (mean?.length === undefined || covariance?.length === undefined)
    throw must(' must be { mean, covariance }, two Float64Arrays', describeValue(statistics));
  const n = mean.length;
  if (n === 0) throw must('.mean must have at least one value', 'none');
  if (covariance.length !== n * n)
    throw must(`.covariance must have ${n} × ${n} = ${n * n} values, as the mean has ${n}`, `${covariance.length}`);
  for (const [i, value] of mean.entries()) {
    if (!Number.isFinite(value)) throw must('.mean must be finite', `${value} at ${i}`);
  }
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(covariance[i * n + i]!));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * n + j]!;
      const mirrored = covariance[j * n + i]!;
      if (!Number.isFinite(value) || !Number.isFinite(mirrored))
        throw must('.covariance must be finite', `${value} and ${mirrored} at [${i}, ${j}] and its mirror image`);
      if (value === mirrored) continue;
      const bound = Math.sqrt(Math.max(0, covariance[i * n + i]!)) * Math.sqrt(Math.max(0, covariance[j * n + j]!));
      if (Math.abs(value - mirrored) > ASYMMETRY * (bound === 0 ? largest : bound)) {
        throw must('.covariance must be symmetric', `${value} and ${mirrored} at [${i}, ${j}] and its mirror image`);
      }
    }
  }
}

function factorise(name: string, { mean, covariance }: GaussianStatistics): SemidefiniteFactor {
  const factor = pivotedCholesky(covariance, mean.length);
  if (factor === undefined) {
    throw new RangeError(
      `frechetDistance: ${name}.covariance must be positive semidefinite, got one with a negative variance in some direction`,
    );
  }
  return factor;
}

/** Eigenvalues of (Σ₁Σ₂)^½ that are not 0: the singular values of L₁ᵀL₂. */
function rootEigenvalues(first: SemidefiniteFactor, second: SemidefiniteFactor): Float64Array {
  const n = first.dimension;
  if (first.rank === 0 || second.rank === 0) return new Float64Array(0);
  const stride = paddedColumns(second.rank);
  const product = new Float64Array(paddedColumns(first.rank) * stride);
  for (let start = 0; start < n; start += BLOCK) {
    const rows = Math.min(BLOCK, n - start);
    const offsetOf = (row: number): number => first.order[start + row]! * n;
    // In the order of its pivots the first factor is lower triangular.
    const columns = Math.min(first.rank, start + rows);
    addTransposedProduct(
      product,
      stride,
      packPanels(first.data, rows, columns, offsetOf),
      packPanels(second.data, rows, second.rank, offsetOf),
    );
  }
  return singularValues(product, first.rank, second.rank, stride);
}
