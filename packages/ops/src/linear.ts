import { add, matMul, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { defineOperation, type Operation } from './operation.js';
import { requireShape } from './shapes.js';

const addToChannels: Operation<{ x: Tensor; bias: Tensor }, { axes: number[] }> = defineOperation({
  name: 'AddBias',
  forward: ({ x, bias }) => add(x, bias),
  saved: [],
  gradients: (dy, _, { axes }) => ({
    x: () => dy,
    bias: () => sum(dy, axes),
  }),
});

/** All axes of x [..., channels] but the last. */
export const leadingAxes = (x: Tensor): number[] => x.shape.slice(0, -1).map((_, axis) => axis);

/**
 * Adds one number to each channel. Nothing is kept for the backward pass.
 *
 * @param x [..., channels]
 * @param bias [channels]
 * @throws when the number of channels differs
 */
export function addBias<T extends Tensor>(x: T, bias: Tensor): T {
  requireShape('addBias', 'bias', bias, [x.shape[x.rank - 1] ?? 0]);
  return addToChannels({ x, bias }, { axes: leadingAxes(x) }) as T;
}

/**
 * x · weight + bias.
 *
 * @param x [batch, in]
 * @param weight [in, out]
 * @param bias [out]
 * @returns [batch, out]
 * @throws when the shapes do not fit
 */
export function affine(x: Tensor, weight: Tensor, bias: Tensor): Tensor2D {
  if (x.rank !== 2 || weight.rank !== 2 || x.shape[1] !== weight.shape[0]) {
    throw new Error(`affine: x [batch, in] and weight [in, out] must fit, got [${x.shape.join(', ')}] and [${weight.shape.join(', ')}]`);
  }
  requireShape('affine', 'bias', bias, [weight.shape[1]!]);
  return tidy(() => addBias(matMul(x as Tensor2D, weight as Tensor2D), bias));
}
