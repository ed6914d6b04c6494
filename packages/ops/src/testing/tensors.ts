import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ndArray, type NdArray } from './nd-array.js';

/** The array as a float32 tensor on the current backend. */
export function toTensor(x: NdArray): Tensor {
  return tensor(Float32Array.from(x.data), [...x.shape], 'float32');
}

/** The tensor's values as an array. */
export function toArray(x: Tensor): NdArray {
  return ndArray(x.shape, x.dataSync<'float32'>());
}

/**
 * Largest difference between two arrays, relative to the largest magnitude in `expected`; absolute where
 * `expected` is zero everywhere. NaN, and not a small number, when something is not finite.
 */
export function relativeError(actual: NdArray, expected: NdArray): number {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`relativeError: actual must have shape [${expected.shape.join(', ')}], got [${actual.shape.join(', ')}]`);
  }
  let worst = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const difference = Math.abs(actual.data[i]! - expected.data[i]!);
    if (!Number.isFinite(difference)) return NaN;
    worst = Math.max(worst, difference);
    magnitude = Math.max(magnitude, Math.abs(expected.data[i]!));
  }
  return magnitude > 1e-6 ? worst / magnitude : worst;
}

/** The plain result of `f`; every tensor made on the way is disposed. */
export function evaluate<T>(f: () => T): T {
  const results: T[] = [];
  tidy(() => {
    results.push(f());
  });
  return results[0]!;
}
