import type { Tensor } from '@tensorflow/tfjs-core';
import { warnOfSecondCore } from './one-core.js';

warnOfSecondCore();

/** Whether a value is a tensor, of whichever copy of tfjs. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'dtype' in value && 'shape' in value;
}

/** Describes for a message what came instead of a tensor, with the remedy where there is one. */
export function described(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value))
    return value.some(isTensor) ? `an array of ${value.length} tensors` : 'an array; make a tensor of it with tf.tensor';
  if (ArrayBuffer.isView(value)) return 'a typed array; make a tensor of it with tf.tensor';
  if (typeof value === 'object' && 'then' in value) return 'a promise; await it first';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Fails unless `value` is a tensor. */
export function requireTensor(caller: string, argument: string, value: unknown): asserts value is Tensor {
  if (!isTensor(value)) throw new Error(`${caller}: ${argument} must be a tensor, got ${described(value)}`);
}
