import { readBatches, type FeatureBatches, type FeatureRows } from './features.js';
import type { GaussianStatistics } from './frechet-distance.js';
import { addTransposedProduct, packPanels, paddedColumns } from './linear-algebra/panel-product.js';

/** Mean and covariance of features, and of how many. Statistics of parts can be merged. */
export interface FeatureStatistics extends GaussianStatistics {
  /** Samples, ≥ 2. */
  readonly count: number;
}

/** Collects mean and covariance while features come in; memory does not grow with their number. */
export interface StatisticsAccumulator {
  /** Length of a feature. */
  readonly dimension: number;
  /** Samples so far. */
  readonly count: number;
  /**
   * Adds samples; their values are copied.
   *
   * @param features [n, dimension], n ≥ 1, finite
   */
  add(features: FeatureRows): void;
  /** Statistics of all samples so far; more may be added afterwards. @throws RangeError for fewer than two */
  statistics(): FeatureStatistics;
}

/** Samples whose deviations are multiplied at a time: many enough to be worth a pass over the covariance. */
const BLOCK = 256;

/**
 * One pass over features of any number, in float64. Samples gather in blocks of 256; of each block the deviations from the
 * block's own mean are squared, and blocks are put together by the formula of Chan, Golub and LeVeque (*Updating formulae
 * and a pairwise algorithm for computing sample variances*, 1979). So nothing is lost to a large mean, and the result is
 * the same, bit for bit, however the samples are cut into batches. (Asking in between ends a block early.)
 *
 * @param dimension whole number ≥ 1
 */
export function statisticsAccumulator(dimension: number): StatisticsAccumulator {
  if (!Number.isInteger(dimension) || dimension < 1) {
    throw new RangeError(`statisticsAccumulator: dimension must be a whole number ≥ 1, got ${dimension}`);
  }
  const stride = paddedColumns(dimension);
  const scatter = new Float64Array(stride * stride); // lower triangle of Σ (x − mean)(x − mean)ᵀ
  // Everything is counted from the first sample, which takes most of a large mean away exactly.
  const origin = new Float64Array(dimension);
  const mean = new Float64Array(dimension);
  // One row more than samples: the difference between means enters as if it were a sample.
  const block = new Float64Array((BLOCK + 1) * dimension);
  let absorbed = 0;
  let pending = 0;

  function absorb(): void {
    if (pending === 0) return;
    const blockMean = new Float64Array(dimension);
    for (let i = 0; i < pending; i++) {
      for (let j = 0; j < dimension; j++) blockMean[j]! += block[i * dimension + j]!;
    }
    for (let j = 0; j < dimension; j++) blockMean[j]! /= pending;
    for (let i = 0; i < pending; i++) {
      for (let j = 0; j < dimension; j++) block[i * dimension + j]! -= blockMean[j]!;
    }
    const total = absorbed + pending;
    const weight = Math.sqrt((absorbed * pending) / total);
    for (let j = 0; j < dimension; j++) {
      const difference = blockMean[j]! - mean[j]!;
      block[pending * dimension + j] = weight * difference;
      mean[j]! += (difference * pending) / total;
    }
    const panels = packPanels(block, pending + 1, dimension, (row) => row * dimension);
    addTransposedProduct(scatter, stride, panels, panels, 'lower');
    absorbed = total;
    pending = 0;
  }

  return {
    dimension,
    get count() {
      return absorbed + pending;
    },
    add({ data, shape: [n, columns] }) {
      if (columns !== dimension || !Number.isInteger(n) || data.length !== n * columns) {
        throw new RangeError(
          `statisticsAccumulator: features must have shape [n, ${dimension}], got [${n}, ${columns}] with ${data.length} values`,
        );
      }
      for (let row = 0; row < n; row++) {
        const start = row * dimension;
        if (absorbed + pending === 0) origin.set(data.subarray(start, start + dimension));
        for (let j = 0; j < dimension; j++) block[pending * dimension + j] = data[start + j]! - origin[j]!;
        pending++;
        if (pending === BLOCK) absorb();
      }
    },
    statistics() {
      const count = absorbed + pending;
      if (count < 2) throw new RangeError(`statistics: a covariance needs at least 2 samples, got ${count}`);
      absorb();
      const covariance = new Float64Array(dimension * dimension);
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j <= i; j++) {
          const value = scatter[i * stride + j]! / (count - 1);
          covariance[i * dimension + j] = value;
          covariance[j * dimension + i] = value;
        }
      }
      return requireFinite('statistics', { count, mean: mean.map((value, j) => origin[j]! + value), covariance });
    },
  };
}

/**
 * Mean and covariance (divisor n − 1) of features, in float64 and one pass.
 *
 * @param features all at once, or batches [n, dimension] as they come; tensors stay the caller's (a generator may dispose
 * each after its `yield`)
 * @throws RangeError for fewer than two samples, batches of different dimensions, or values that are not finite
 */
export async function featureStatistics(features: FeatureBatches): Promise<FeatureStatistics> {
  let accumulator: StatisticsAccumulator | undefined;
  for await (const batch of readBatches('featureStatistics', 'features', features)) {
    accumulator ??= statisticsAccumulator(batch.shape[1]);
    if (batch.shape[1] !== accumulator.dimension) {
      throw new RangeError(`featureStatistics: batches must have the same dimension, got ${accumulator.dimension} and ${batch.shape[1]}`);
    }
    accumulator.add(batch);
  }
  if (accumulator === undefined) throw new RangeError('featureStatistics: features must have at least 2 samples, got none');
  return accumulator.statistics();
}

/**
 * Statistics of all samples from those of two parts (workers, files, domains), as if they had been collected together.
 *
 * @param first of one part
 * @param second of the other, with no sample of the first in it
 * @throws RangeError when dimensions differ or a count is not a whole number ≥ 2
 */
export function mergeStatistics(first: FeatureStatistics, second: FeatureStatistics): FeatureStatistics {
  const n = first.mean.length;
  if (second.mean.length !== n)
    throw new RangeError(`mergeStatistics: both must have the same dimension, got ${n} and ${second.mean.length}`);
  for (const { count, covariance } of [first, second]) {
    if (covariance.length !== n * n)
      throw new RangeError(`mergeStatistics: covariance must have ${n} × ${n} = ${n * n} values, got ${covariance.length}`);
    if (!Number.isInteger(count) || count < 2) throw new RangeError(`mergeStatistics: count must be a whole number ≥ 2, got ${count}`);
  }
  const count = first.count + second.count;
  const difference = first.mean.map((value, i) => second.mean[i]! - value);
  const mean = first.mean.map((value, i) => value + (difference[i]! * second.count) / count);
  const weight = (first.count * second.count) / count;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const at = i * n + j;
      const scatter = first.covariance[at]! * (first.count - 1) + second.covariance[at]! * (second.count - 1);
      covariance[at] = (scatter + weight * difference[i]! * difference[j]!) / (count - 1);
    }
  }
  return requireFinite('mergeStatistics', { count, mean, covariance });
}

/** @throws RangeError when squares of the features were beyond float64 */
function requireFinite(caller: string, statistics: FeatureStatistics): FeatureStatistics {
  if (!statistics.mean.every(Number.isFinite) || !statistics.covariance.every(Number.isFinite)) {
    throw new RangeError(
      `${caller}: the covariance must be finite, got one beyond float64: features differ by more than 1e150; divide them by their scale first`,
    );
  }
  return statistics;
}
