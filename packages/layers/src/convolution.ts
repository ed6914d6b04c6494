import { tidy } from '@tensorflow/tfjs-core';
import { addBias, conv2d } from '@stargan/ops';
import type { Layer } from './layer.js';
import { join, parameter } from './parameter-spec.js';

/** Options of {@link convolution}. */
export interface ConvolutionLayerOptions {
  /** Channels of the input. */
  inChannels: number;
  /** Channels of the output. */
  outChannels: number;
  /** Height and width of the filter. */
  size: number;
  /** `same` keeps height and width with zeros around the input (default); `valid` adds none, so that they shrink by size − 1. */
  padding?: 'same' | 'valid' | undefined;
}

/**
 * Convolution with bias, stride 1. x [batch, height, width, in] → [batch, height', width', out].
 *
 * @param prefix of the parameter names `weight` and `bias`
 * @param options channels in and out, size of the filter, padding
 */
export function convolution(prefix: string, { inChannels, outChannels, size, padding = 'same' }: ConvolutionLayerOptions): Layer {
  const weight = join(prefix, 'weight');
  const bias = join(prefix, 'bias');
  return {
    specs: [
      { name: weight, kind: 'convolution', shape: [size, size, inChannels, outChannels] },
      { name: bias, kind: 'bias', shape: [outChannels] },
    ],
    apply: (parameters, x) => tidy(() => addBias(conv2d(x, parameter(parameters, weight), { padding }), parameter(parameters, bias))),
  };
}
