import { clone, customGrad } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The same values as a constant: no gradient flows to `x`. Shares the memory of `x`. */
export function stopGradient(x: Tensor): Tensor {
  return customGrad<Tensor>(() => ({ value: clone(x), gradFunc: () => [] }))();
}
