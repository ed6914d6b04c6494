import type { Tensor } from '@tensorflow/tfjs-core';
import {
  addBiasLeakyReluBiasGradientKernel,
  addBiasLeakyReluInputGradientKernel,
  addBiasLeakyReluKernel,
} from './fused/add-bias-leaky-relu.js';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import { requireShape } from './shapes.js';

const inputGradient = defineFusedOperation(addBiasLeakyReluInputGradientKernel);
const biasGradient = defineFusedOperation(addBiasLeakyReluBiasGradientKernel);

const addThenRectify = defineFusedOperation(addBiasLeakyReluKernel, {
  saved: ['x', 'bias'],
  gradients: (dy, saved, attributes) => ({
    x: () => inputGradient({ dy, ...saved }, attributes),
    bias: () => biasGradient({ dy, ...saved }, attributes),
  }),
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
