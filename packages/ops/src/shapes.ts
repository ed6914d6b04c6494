import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Fails unless `tensor` has rank 4; `layout` says what the axes are, e.g. `[batch, height, width, channels]`. */
export function requireRank4(operation: string, argument: string, tensor: Tensor, layout: string): asserts tensor is Tensor4D {
  if (tensor.rank !== 4) {
    throw new Error(`${operation}: ${argument} must be ${layout}, got shape [${tensor.shape.join(', ')}]`);
  }
}

/** Fails unless `tensor` has exactly this shape. */
export function requireShape(operation: string, argument: string, tensor: Tensor, shape: readonly number[]): void {
  if (tensor.rank !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
    throw new Error(`${operation}: ${argument} must have shape [${shape.join(', ')}], got [${tensor.shape.join(', ')}]`);
  }
}

/** Layout of images and feature maps in messages. */
export const FEATURE_MAP = '[batch, height, width, channels]';
