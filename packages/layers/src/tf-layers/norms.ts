import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { adain as adainLayer } from '../adain.js';
import { conditionalInstanceNorm as conditionalInstanceNormLayer } from '../conditional-instance-norm.js';
import { instanceNorm as instanceNormLayer } from '../instance-norm.js';
import { layerNorm as layerNormLayer } from '../layer-norm.js';
import { FEATURE_MAP_INPUT, weightOptions, type WeightOptions } from './layer-kind.js';
import { finiteNumberOption, wholeNumberOption } from './options.js';
import { tfLayer } from './tf-layer.js';

/** Options of the norms that a leaky ReLU may follow. */
export interface SlopeOptions {
  /** Slope of a leaky ReLU that is applied to the result, in the same operation (default 1: none). */
  slope?: number | undefined;
}

/**
 * AdaIN: (1 + γ) · IN(x) + β with [γ, β] = linear(style).
 * inputs [x [batch, height, width, channels], style [batch, styleDim]] → shape of x.
 */
export const adain = tfLayer<SlopeOptions & WeightOptions>({
  name: 'adain',
  className: 'StarganAdaIN',
  options: { slope: finiteNumberOption(1), ...weightOptions },
  inputs: [FEATURE_MAP_INPUT, { name: 'style', axes: ['batch', 'styleDim'] }],
  make: ({ slope }, channels: number, styleDim: number) => adainLayer('', { channels, styleDim, slope }),
});

/** Instance norm with learnt scale and shift. x [batch, height, width, channels] → same shape. */
export const instanceNorm = tfLayer<SlopeOptions>({
  name: 'instanceNorm',
  className: 'StarganInstanceNorm',
  options: { slope: finiteNumberOption(1) },
  inputs: [FEATURE_MAP_INPUT],
  make: ({ slope }, channels: number) => instanceNormLayer('', { channels, slope }),
});

/** Every sample normalised over all its pixels and channels. x [batch, height, width, channels] → same shape. */
export const layerNorm = tfLayer<object>({
  name: 'layerNorm',
  className: 'StarganLayerNorm',
  options: {},
  inputs: [FEATURE_MAP_INPUT],
  make: (_, channels: number) => layerNormLayer('', { channels }),
});

/**
 * Instance norm with a scale and shift of each sample's domain.
 * inputs [x [batch, height, width, channels], domain [batch, 1], whole numbers from 0 to domains − 1, or weights
 * [batch, domains]] → shape of x.
 *
 * The domains are not read, so that the device is not waited for; a number that is no domain makes its sample NaN.
 */
export const conditionalInstanceNorm = tfLayer<{ domains: number } & SlopeOptions>({
  name: 'conditionalInstanceNorm',
  className: 'StarganConditionalInstanceNorm',
  options: { domains: wholeNumberOption(1), slope: finiteNumberOption(1) },
  inputs: [FEATURE_MAP_INPUT, { name: 'domain', axes: ['batch', '1'] }],
  make: ({ domains, slope }, channels: number) => {
    const layer = conditionalInstanceNormLayer('', { channels, domains, slope });
    // [batch, 1] are numbers, of one domain too, whatever their dtype: that of inputs is float32 unless another is given.
    const labels = (domain: Tensor): Tensor => (domain.shape[1] === 1 ? reshape(domain, [domain.shape[0]]) : domain);
    return { specs: layer.specs, apply: (parameters, x, domain: Tensor) => layer.apply(parameters, x, labels(domain)) };
  },
});
