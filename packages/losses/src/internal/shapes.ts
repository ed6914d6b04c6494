import type { Tensor } from '@tensorflow/tfjs-core';
import { requireTensor } from './tensors.js';

/** A shape as text for messages. */
export function text(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Fails unless `tensor` is a float32 tensor with at least one sample along a batch axis. */
export function requireBatch(loss: string, argument: string, tensor: Tensor): void {
  requireTensor(loss, argument, tensor);
  if (tensor.dtype !== 'float32') {
    throw new Error(`${loss}: ${argument} must be float32, got ${tensor.dtype}; convert it with tf.cast`);
  }
  if (tensor.rank === 0 || tensor.size === 0) {
    throw new Error(`${loss}: ${argument} must be [batch, ...] with at least one sample, got shape ${text(tensor.shape)}`);
  }
}

/** Fails unless both shapes are equal, where tfjs would broadcast one to the other and return a number. */
export function requireSameShape(loss: string, first: readonly [string, Tensor], second: readonly [string, Tensor]): void {
  const [firstName, { shape: a }] = first;
  const [secondName, { shape: b }] = second;
  if (a.length !== b.length || a.some((size, axis) => size !== b[axis])) {
    throw new Error(`${loss}: ${firstName} and ${secondName} must have the same shape, got ${text(a)} and ${text(b)}`);
  }
}

/** Fails unless both have the same number of samples. */
export function requireSameBatch(loss: string, first: readonly [string, Tensor], second: readonly [string, Tensor]): void {
  const [firstName, { shape: a }] = first;
  const [secondName, { shape: b }] = second;
  if (a[0] !== b[0]) throw new Error(`${loss}: ${firstName} and ${secondName} must have as many samples, got ${text(a)} and ${text(b)}`);
}
