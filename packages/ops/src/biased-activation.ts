import type { Tensor } from '@tensorflow/tfjs-core';
import {
  addBiasLeakyReluGradientsKernel,
  addBiasLeakyReluKernel,
  composeBiasGradient,
  composeInputGradient,
} from './fused/add-bias-leaky-relu.js';
import { defineFusedOperation, gradientsAtOnce } from './fused/define-fused-operation.js';
import { requireShape } from './shapes.js';

const addThenRectify = defineFusedOperation(addBiasLeakyReluKernel, {
  saved: ['x', 'bias'],
  gradients: (dy, saved, attributes) => {
    const inputs = { dy, ...saved };
    return gradientsAtOnce(addBiasLeakyReluGradientsKernel, inputs, attributes, {
      x: () => composeInputGradient(inputs, attributes),
      bias: () => composeBiasGradient(inputs, attributes),
    });
  },
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
