import type { RandomStream } from './random-stream.js';

/**
 * `length` draws of N(0, 1), rounded to float32.
 *
 * @param length number of draws, ≥ 0
 * @param stream what is drawn from; it has moved on afterwards
 */
export function normalArray(length: number, stream: RandomStream): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = stream.normal();
  return values;
}

/**
 * A uniformly random order of 0 … `length` − 1 (Fisher–Yates).
 *
 * @param length how many numbers, ≥ 0
 * @param stream what is drawn from; it has moved on afterwards
 */
export function permutation(length: number, stream: RandomStream): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
