import type { Tensor } from '@tensorflow/tfjs-core';

/** Largest absolute value. */
export function largest(tensor: Tensor): number {
  return tensor.dataSync<'float32'>().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Largest absolute difference of two tensors; infinite when their shapes differ. */
export function largestDifference(a: Tensor, b: Tensor): number {
  if (a.shape.join() !== b.shape.join()) return Infinity;
  const other = b.dataSync<'float32'>();
  return a.dataSync<'float32'>().reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
}
