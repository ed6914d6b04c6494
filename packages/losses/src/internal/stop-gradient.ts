import { clone, customGrad } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The same values as a constant: nothing upstream of `x` takes part in the backward pass. Shares `x`'s memory. */
export function stopGradient(x: Tensor): Tensor {
  return customGrad<Tensor>(() => ({ value: clone(x), gradFunc: () => [] }))();
}
