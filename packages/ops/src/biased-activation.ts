import type { Tensor } from '@tensorflow/tfjs-core';
import {
  addBiasLeakyReluGradientsKernel,
  addBiasLeakyReluKernel,
  composeBiasGradient,
  composeInputGradient,
  type Biased,
  type Slope,
  type WithGradient,
} from './fused/add-bias-leaky-relu.js';
import { defineFusedOperation, gradientsAtOnce } from './fused/define-fused-operation.js';
import { requireShape } from './shapes.js';

/** Both gradients, in one go where a kernel makes them so; what is `consumed` is freed then. */
export function biasedActivationGradients(
  inputs: WithGradient,
  slope: Slope,
  consumed: readonly Tensor[] = [],
): Record<keyof Biased, () => Tensor> {
  const each = { x: () => composeInputGradient(inputs, slope), bias: () => composeBiasGradient(inputs, slope) };
  return gradientsAtOnce(addBiasLeakyReluGradientsKernel, inputs, slope, ['x', 'bias'], consumed) ?? each;
}

const addThenRectify = defineFusedOperation(addBiasLeakyReluKernel, {
  saved: ['x', 'bias'],
  gradients: (dy, saved, slope) => biasedActivationGradients({ dy, ...saved }, slope),
});

/**
 * Leaky ReLU of x + bias, as one operation. The derivative at 0 is `slope`.
 *
 * @param x [..., channels]
 * @param bias [channels]
 * @param slope factor of negative values
 * @throws when the number of channels differs
 */
export function addBiasLeakyRelu<T extends Tensor>(x: T, bias: Tensor, slope = 0.2): T {
  requireShape('addBiasLeakyRelu', 'bias', bias, [x.shape[x.rank - 1] ?? 0]);
  return addThenRectify({ x, bias }, { slope }) as T;
}
