import { add, div, mul, sqrt, square, sub, zerosLike } from '@tensorflow/tfjs-core';
import type { AdamVariant } from '../../suites/optimizer.js';

/** The first step as the paper has it, one weight after the other. */
export const variant: AdamVariant = (weights, gradients, { learningRate, beta1, beta2, epsilon, weightDecay }) => {
  const moments = Object.entries(weights).map(([name, weight]) => ({ name, weight, first: zerosLike(weight), second: zerosLike(weight) }));
  return () =>
    Object.fromEntries(
      moments.map(({ name, weight, ...before }) => {
        const gradient = add(gradients[name]!, mul(weight, weightDecay));
        const first = add(mul(before.first, beta1), mul(gradient, 1 - beta1));
        const second = add(mul(before.second, beta2), mul(square(gradient), 1 - beta2));
        const deviation = add(sqrt(div(second, 1 - beta2)), epsilon);
        return [name, sub(weight, mul(div(div(first, 1 - beta1), deviation), learningRate))];
      }),
    );
};
