import type { Tensor2D } from '@tensorflow/tfjs-core';
import { affine } from '@stargan/ops';
import type { Layer } from './layer.js';
import { join, parameter } from './parameter-spec.js';

/**
 * Linear layer with bias. x [batch, in] → [batch, out].
 *
 * @param prefix of the parameter names `weight` and `bias`
 * @param options `inFeatures`, the length of a row of x; `outFeatures`, that of a row of the result
 */
export function linear(prefix: string, { inFeatures, outFeatures }: { inFeatures: number; outFeatures: number }): Layer<[], Tensor2D> {
  const weight = join(prefix, 'weight');
  const bias = join(prefix, 'bias');
  return {
    specs: [
      { name: weight, kind: 'linear', shape: [inFeatures, outFeatures] },
      { name: bias, kind: 'bias', shape: [outFeatures] },
    ],
    apply: (parameters, x) => affine(x, parameter(parameters, weight), parameter(parameters, bias)),
  };
}
