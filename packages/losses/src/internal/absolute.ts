import { abs, customGrad, getBackend, mul, neg, sign, step, sub } from '@tensorflow/tfjs-core';
import type { GradSaveFunc, Tensor } from '@tensorflow/tfjs-core';

/** sign(x); composed of steps on wasm, whose `Sign` kernel returns 0 below about 1e-7. */
function signOf(x: Tensor): Tensor {
  return getBackend() === 'wasm' ? sub(step(x), step(neg(x))) : sign(x);
}

const recorded = customGrad<Tensor>((input, save) => {
  const x = input as Tensor;
  (save as GradSaveFunc)([x]);
  return { value: abs(x), gradFunc: (dy, saved) => saved.map((at) => mul(dy, signOf(at))) };
});

/**
 * |x|, any shape. Its derivative at 0 is 0, as in PyTorch, where that of `tf.abs` is −1, so that a loss between equal tensors leaves
 * them unchanged. The second derivative is 0 everywhere.
 */
export function absolute(x: Tensor): Tensor {
  return recorded(x);
}
