import { customGrad, exp, mul } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';

const recorded = customGrad<Tensor>((input, save) => {
  const x = input as Tensor;
  (save as GradSaveFunc)([x]);
  return { value: exp(x), gradFunc: (dy, saved) => saved.map((at) => mul(dy, exponential(at))) };
});

/**
 * eˣ, any shape. `tf.exp` keeps its output for the backward pass, and tfjs 4.22 cannot differentiate through that: the
 * second derivative is silently wrong. This one keeps x instead.
 */
export function exponential(x: Tensor): Tensor {
  return recorded(x);
}
