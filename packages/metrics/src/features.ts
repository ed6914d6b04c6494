import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Features of n samples in memory, one row each. */
export interface FeatureRows {
  /** Row after row. */
  readonly data: Float32Array | Float64Array;
  /** [n, dimension] */
  readonly shape: readonly [number, number];
}

/** Features of n samples: a tensor [n, dimension], rows in one typed array, or one array per sample. */
export type Features = Tensor2D | FeatureRows | readonly ArrayLike<number>[];

/** All features at once, or batches of any size as they come. */
export type FeatureBatches = Features | Iterable<Features> | AsyncIterable<Features>;

const isRows = (features: Features | Iterable<Features> | AsyncIterable<Features>): features is FeatureRows =>
  'data' in features && typeof features.data !== 'function';

const isTensor = (features: Features | Iterable<Features> | AsyncIterable<Features>): features is Tensor2D => 'dataId' in features;

const isSamples = (features: Features | Iterable<Features> | AsyncIterable<Features>): features is readonly ArrayLike<number>[] =>
  Array.isArray(features) && (features.length === 0 || typeof (features as ArrayLike<unknown>[])[0]?.[0] === 'number');

/**
 * Features as rows in memory. A tensor stays the caller's.
 *
 * @param caller the function that was given them, for errors
 * @throws RangeError when the shape is not [n ≥ 1, dimension ≥ 1], does not fit the values, or a value is not finite
 */
export async function readFeatures(caller: string, name: string, features: Features): Promise<FeatureRows> {
  if (isTensor(features)) return checked(caller, name, await features.data<'float32'>(), features.shape);
  if (isRows(features)) return checked(caller, name, features.data, features.shape);
  const dimension = features[0]?.length ?? 0;
  const data = new Float64Array(features.length * dimension);
  for (const [i, sample] of features.entries()) {
    if (sample.length !== dimension) {
      throw new RangeError(`${caller}: ${name} must have samples of one length, got ${dimension} values and, in sample ${i}, ${sample.length}`);
    }
    data.set(sample, i * dimension);
  }
  return checked(caller, name, data, [features.length, dimension]);
}

function checked(caller: string, name: string, data: ArrayLike<number>, shape: readonly number[]): FeatureRows {
  const [n = 0, dimension = 0] = shape;
  if (shape.length !== 2 || !Number.isInteger(n) || !Number.isInteger(dimension) || n < 1 || dimension < 1) {
    throw new RangeError(`${caller}: ${name} must have shape [n ≥ 1, dimension ≥ 1], got [${shape.join(', ')}]`);
  }
  if (data.length !== n * dimension) {
    throw new RangeError(`${caller}: ${name} of shape [${n}, ${dimension}] must have ${n * dimension} values, got ${data.length}`);
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new RangeError(`${caller}: ${name} must be finite, got ${data[i]} at [${Math.floor(i / dimension)}, ${i % dimension}]`);
    }
  }
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  return { data: isFloat ? data : Float32Array.from(data), shape: [n, dimension] };
}

/** Features batch by batch, each read when the one before it has been used. */
export async function* readBatches(caller: string, name: string, features: FeatureBatches): AsyncGenerator<FeatureRows> {
  if (isTensor(features) || isRows(features) || isSamples(features)) {
    yield await readFeatures(caller, name, features);
    return;
  }
  for await (const batch of features) yield await readFeatures(caller, name, batch);
}

/** Two sets of features of the same dimension. */
export async function readPair(
  caller: string,
  names: readonly [string, string],
  features: readonly [Features, Features],
): Promise<readonly [FeatureRows, FeatureRows]> {
  const first = await readFeatures(caller, names[0], features[0]);
  const second = await readFeatures(caller, names[1], features[1]);
  if (first.shape[1] !== second.shape[1]) {
    throw new RangeError(`${caller}: ${names[0]} and ${names[1]} must have the same dimension, got ${first.shape[1]} and ${second.shape[1]}`);
  }
  return [first, second];
}
