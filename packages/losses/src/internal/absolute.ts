import { abs, customGrad, getBackend, mul, neg, sign, step, sub } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';

/** sign(x); on wasm made of steps, for its `Sign` kernel gives 0 below about 1e-7. */
function signOf(x: Tensor): Tensor {
  return getBackend() === 'wasm' ? sub(step(x), step(neg(x))) : sign(x);
}

const recorded = customGrad<Tensor>((input, save) => {
  const x = input as Tensor;
  (save as GradSaveFunc)([x]);
  return { value: abs(x), gradFunc: (dy, saved) => saved.map((at) => mul(dy, signOf(at))) };
});

/**
 * |x|, any shape. Its derivative at 0 is 0, as in PyTorch, where `tf.abs` has −1: a loss between equal tensors
 * then leaves them alone. The second derivative is 0 everywhere.
 */
export function absolute(x: Tensor): Tensor {
  return recorded(x);
}
