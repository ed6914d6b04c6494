import path from 'node:path';
import { readSafetensors } from '@stargan/checkpoints';
import { featureStatistics, frechetDistance, type FeatureRows, type FeatureStatistics, type GaussianStatistics } from '@stargan/metrics';
import { configNumber } from '../case-inputs.js';
import { inputValues } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
import type { Outcome } from '../outcome.js';

/** A covariance from its factor [dimension, columns]: factor · factorᵀ / columns, in float64; zero without a factor. */
function covarianceOf(dimension: number, factor: { shape: readonly number[]; data: ArrayLike<number> } | undefined): Float64Array {
  const covariance = new Float64Array(dimension * dimension);
  const columns = factor?.shape[1] ?? 0;
  if (factor === undefined || columns === 0) return covariance;
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < dimension; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += factor.data[i * columns + k]! * factor.data[j * columns + k]!;
      covariance[i * dimension + j] = sum / columns;
    }
  }
  return covariance;
}

/** The Fréchet distance between two normal distributions. */
export async function frechetCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  const { tensors } = await readSafetensors(path.join(directory, golden.file!));
  const dimension = configNumber(golden, 'dim');
  const statistics = (index: number): GaussianStatistics => {
    const factor = tensors[`factor${index}`];
    if (factor !== undefined && factor.dtype !== 'F32')
      throw new Error(`factor${index} of case ${golden.id} must be F32, got ${factor.dtype}`);
    return { mean: Float64Array.from(tensors[`mu${index}`]!.data as Float32Array), covariance: covarianceOf(dimension, factor) };
  };
  return { tensors: {}, scalars: { distance: frechetDistance(statistics(1), statistics(2)) } };
}

/** Features to statistics, and their distance. */
export async function featureStatisticsCase(golden: GoldenCase): Promise<Outcome> {
  const dimension = configNumber(golden, 'dim');
  const shift = Math.fround(configNumber(golden, 'shift'));
  const outcome: Outcome = { tensors: {}, scalars: {} };
  const both: FeatureStatistics[] = [];
  for (const [i, input] of golden.inputs.entries()) {
    // The manifest's transform, in float32: values · (1 + 0.5 i) + shift · i.
    const scale = 1 + 0.5 * i;
    const data = inputValues(input).map((value) => Math.fround(value * scale) + Math.fround(shift * i));
    const features: FeatureRows = { data, shape: [input.shape[0]!, dimension] };
    const statistics = await featureStatistics(features);
    outcome.tensors[`mu${i}`] = { shape: [dimension], data: statistics.mean };
    outcome.tensors[`cov${i}`] = { shape: [dimension, dimension], data: statistics.covariance };
    both.push(statistics);
  }
  outcome.scalars.distance = frechetDistance(both[0]!, both[1]!);
  return outcome;
}
