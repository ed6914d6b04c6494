import { mul, randomNormal, sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients, type Parameters } from '@stargan/ops';

/** Random inputs for benchmarks: N(0, 1), the same in every run. */
export const normal = (shape: number[], seed = 1): Tensor => randomNormal(shape, 0, 1, 'float32', seed);

/** Gradients of an output with respect to all parameters, as a training step needs them. */
export function gradientsOf(output: (parameters: Parameters) => Tensor, parameters: Parameters): Record<string, Tensor> {
  // A sum alone would send a gradient of ones, which some gradients could take shortcuts for.
  const { gradients, value } = valueAndGradients((p) => {
    const y = output(p);
    return sum<Scalar>(mul(y, y));
  }, parameters);
  value.dispose();
  return gradients;
}
