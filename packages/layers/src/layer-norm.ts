import { mul, ones, reshape, tidy, zeros } from '@tensorflow/tfjs-core';
import { addBias, instanceNormalization } from '@stargan/ops';
import type { Layer } from './layer.js';
import { join, parameter } from './parameter-spec.js';

/**
 * Layer normalisation of feature maps: every sample is normalised to mean 0 and variance 1 over all its pixels and
 * channels (biased variance, epsilon 1e-5), then scaled and shifted per channel, as PyTorch's GroupNorm(1, channels).
 * Samples do not see each other, so a critic with a gradient penalty can have it.
 * x [batch, height, width, channels] → same shape.
 *
 * Source: Ba, Kiros, Hinton, arXiv 1607.06450.
 *
 * @param prefix of the parameter names `weight` and `bias`
 * @param options `channels` of x
 */
export function layerNorm(prefix: string, { channels }: { channels: number }): Layer {
  const scale = join(prefix, 'weight');
  const shift = join(prefix, 'bias');
  return {
    specs: [
      { name: scale, kind: 'scale', shape: [channels] },
      { name: shift, kind: 'bias', shape: [channels] },
    ],
    apply: (parameters, x) =>
      tidy(() => {
        // An instance norm whose one channel is the whole sample.
        const whole = reshape(x, [x.shape[0], x.size / x.shape[0], 1, 1]);
        const normalized = reshape(instanceNormalization(whole, ones([1]), zeros([1])), x.shape as [number, number, number, number]);
        return addBias(mul(normalized, parameter(parameters, scale)), parameter(parameters, shift));
      }),
  };
}
