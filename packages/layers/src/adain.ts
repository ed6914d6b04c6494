import { split, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { activate, type NormalizedActivation, type Parameters } from '@stargan/ops';
import type { Layer } from './layer.js';
import { linear } from './linear.js';
import { join } from './parameter-spec.js';

/**
 * AdaIN: (1 + γ) · IN(x) + β with [γ, β] = linear(style); γ is the first half of the outputs. With `slope`, a leaky
 * ReLU follows in the same operation.
 * x [batch, height, width, channels], style [batch, styleDim] → same shape as x.
 *
 * Source: StarGAN v2, arXiv 1912.01865, section 3.1.
 *
 * @param prefix of the parameter names `fc.weight` and `fc.bias`
 * @param options `channels` of x; `styleDim`, the length of a style; `slope` of the leaky ReLU below 0, default 1
 *   (no activation)
 */
export function adain(
  prefix: string,
  { channels, styleDim, slope = 1 }: { channels: number; styleDim: number; slope?: number | undefined },
): Layer<[style: Tensor]> {
  const affine = linear(join(prefix, 'fc'), { inFeatures: styleDim, outFeatures: 2 * channels });
  function activation(parameters: Parameters, style: Tensor): NormalizedActivation {
    const [scale, shift] = split(affine.apply(parameters, style), 2, 1) as [Tensor2D, Tensor2D];
    return { scale, shift, adaptive: true, slope };
  }
  return {
    specs: affine.specs,
    apply: (parameters, x, style) => tidy(() => activate(x, activation(parameters, style))),
    activation,
  };
}
