import { abs, customGrad, mul, sign } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';

const recorded = customGrad<Tensor>((input, save) => {
  const x = input as Tensor;
  (save as GradSaveFunc)([x]);
  return { value: abs(x), gradFunc: (dy, saved) => saved.map((at) => mul(dy, sign(at))) };
});

/**
 * |x|, any shape. Its derivative at 0 is 0, as in PyTorch, where `tf.abs` has −1: a loss between equal tensors
 * then leaves them alone. The second derivative is 0 everywhere.
 */
export function absolute(x: Tensor): Tensor {
  return recorded(x);
}
