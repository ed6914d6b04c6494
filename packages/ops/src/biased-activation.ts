import { add, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leakyRelu, rectifyGradient } from './activations.js';
import { addBias } from './linear.js';
import { defineOperation, fuseWhereUnrecorded, type Operation } from './operation.js';
import { requireShape } from './shapes.js';

type Biased = Record<'x' | 'bias', Tensor>;
type WithGradient = Biased & Record<'dy', Tensor>;

const addThenRectify: Operation<Biased, { slope: number }> = defineOperation({
  name: 'AddBiasLeakyRelu',
  forward: ({ x, bias }, { slope }) => leakyRelu(add(x, bias), slope),
  saved: ['x', 'bias'],
  gradients: (dy, saved, attributes) => ({
    x: () => addThenRectifyGradient({ dy, ...saved }, attributes),
    bias: () => sumOfGradients({ dy, ...saved }, attributes),
  }),
});

const addThenRectifyGradient: Operation<WithGradient, { slope: number }> = fuseWhereUnrecorded(
  'AddBiasLeakyReluInputGradient',
  ({ dy, x, bias }, slope) => rectifyGradient({ dy, x: addBias(x, bias) }, slope),
);

const sumOfGradients: Operation<WithGradient, { slope: number }> = fuseWhereUnrecorded(
  'AddBiasLeakyReluBiasGradient',
  ({ dy, x, bias }, slope) =>
    sum(
      rectifyGradient({ dy, x: addBias(x, bias) }, slope),
      x.shape.slice(0, -1).map((_, axis) => axis),
    ),
);

/**
 * Leaky ReLU of x + bias, as one operation. The derivative at 0 is `slope`.
 *
 * @param x [..., channels]
 * @param bias [channels]
 * @throws when the number of channels differs
 */
export function addBiasLeakyRelu<T extends Tensor>(x: T, bias: Tensor, slope = 0.2): T {
  requireShape('addBiasLeakyRelu', 'bias', bias, [x.shape[x.rank - 1] ?? 0]);
  return addThenRectify({ x, bias }, { slope }) as T;
}
