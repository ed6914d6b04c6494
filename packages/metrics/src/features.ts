import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describeValue } from './describe-value.js';

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

type Given = Features | Iterable<Features> | AsyncIterable<Features>;

const isRows = (features: Given): features is FeatureRows => 'data' in features && typeof features.data !== 'function';

const isTensor = (features: Given): features is Tensor2D => 'dataId' in features;

const isSamples = (features: Given): features is readonly ArrayLike<number>[] =>
  Array.isArray(features) && (features.length === 0 || typeof (features as ArrayLike<unknown>[])[0]?.[0] === 'number');

const WANTED = 'a tensor [n, dimension], { data, shape } or an array of samples';

/** @throws TypeError unless it is an object */
function requireObject(caller: string, name: string, features: unknown): void {
  if (typeof features !== 'object' || features === null)
    throw new TypeError(`${caller}: ${name} must be ${WANTED}, got ${describeValue(features)}`);
}

/**
 * Features as rows in memory. A tensor stays the caller's.
 *
 * @param caller the function that was given them, for errors
 * @throws TypeError for what are no features at all; RangeError when the shape is not [n ≥ 1, dimension ≥ 1], does not fit
 * the values, or a value is not finite
 */
export async function readFeatures(caller: string, name: string, features: Features): Promise<FeatureRows> {
  requireObject(caller, name, features);
  if (isTensor(features)) return readTensor(caller, name, features);
  if (isRows(features)) return checked(caller, name, features.data, features.shape);
  if (!Array.isArray(features)) throw new TypeError(`${caller}: ${name} must be ${WANTED}, got ${describeValue(features)}`);
  const samples = features as readonly ArrayLike<number>[];
  const dimension = samples[0]?.length ?? 0;
  const data = new Float64Array(samples.length * dimension);
  for (const [i, sample] of samples.entries()) {
    if (typeof sample !== 'object' || (sample as unknown) === null)
      throw new TypeError(`${caller}: ${name} must hold one array per sample, got ${describeValue(sample)} as sample ${i}`);
    if (sample.length !== dimension) {
      throw new RangeError(
        `${caller}: ${name} must have samples of one length, got ${dimension} values and, in sample ${i}, ${sample.length}`,
      );
    }
    const other = Array.from(sample).find((value) => typeof value !== 'number');
    if (other !== undefined) throw new TypeError(`${caller}: ${name} must hold numbers, got ${describeValue(other)} in sample ${i}`);
    data.set(sample, i * dimension);
  }
  return checked(caller, name, data, [samples.length, dimension]);
}

async function readTensor(caller: string, name: string, tensor: Tensor2D): Promise<FeatureRows> {
  if (tensor.isDisposed) throw new Error(`${caller}: ${name} must be a tensor that is there, got one that was disposed`);
  if (!['float32', 'int32', 'bool'].includes(tensor.dtype))
    throw new TypeError(`${caller}: ${name} must be a tensor of numbers, got dtype ${tensor.dtype}`);
  if (tensor.rank !== 2)
    throw new RangeError(`${caller}: ${name} must have shape [n ≥ 1, dimension ≥ 1], got [${(tensor.shape as number[]).join(', ')}]`);
  return checked(caller, name, await tensor.data<'float32'>(), tensor.shape);
}

function checked(caller: string, name: string, data: ArrayLike<number>, shape: readonly number[]): FeatureRows {
  if (!Array.isArray(shape)) throw new TypeError(`${caller}: ${name} must come with its shape [n, dimension], got ${describeValue(shape)}`);
  if (!ArrayBuffer.isView(data) || data instanceof DataView || data instanceof BigInt64Array || data instanceof BigUint64Array) {
    throw new TypeError(`${caller}: ${name} must have its values in a typed array of numbers, got ${describeValue(data)}`);
  }
  const [n = 0, dimension = 0] = shape as number[];
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
  return { data: isFloat ? data : Float64Array.from(data), shape: [n, dimension] };
}

/** Features batch by batch, each read when the one before it has been used. */
export async function* readBatches(caller: string, name: string, features: FeatureBatches): AsyncGenerator<FeatureRows> {
  requireObject(caller, name, features);
  if (isTensor(features) || isRows(features) || isSamples(features)) {
    yield await readFeatures(caller, name, features);
    return;
  }
  if (!(Symbol.iterator in features) && !(Symbol.asyncIterator in features)) {
    throw new TypeError(`${caller}: ${name} must be ${WANTED}, or batches of them, got ${describeValue(features)}`);
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
    throw new RangeError(
      `${caller}: ${names[0]} and ${names[1]} must have the same dimension, got ${first.shape[1]} and ${second.shape[1]}`,
    );
  }
  return [first, second];
}
