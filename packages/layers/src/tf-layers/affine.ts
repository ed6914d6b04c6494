import { convolution as convolutionLayer, type ConvolutionLayerOptions } from '../convolution.js';
import { linear as linearLayer } from '../linear.js';
import { featureMap } from './input-shapes.js';
import { FEATURE_MAP_INPUT, weightOptions, type WeightOptions } from './layer-kind.js';
import { choiceOption, wholeNumberOption } from './options.js';
import { tfLayer } from './tf-layer.js';

function withoutBorder(side: number, size: number): number {
  if (side < size) throw new Error(`height and width of x must be at least ${size}, the size of the filter, got ${side}`);
  return side - size + 1;
}

/** Convolution with bias, stride 1. x [batch, height, width, in] → [batch, height', width', outChannels]. */
export const convolution = tfLayer<Omit<ConvolutionLayerOptions, 'inChannels'> & WeightOptions>({
  name: 'convolution',
  className: 'StarganConvolution',
  options: {
    outChannels: wholeNumberOption(1),
    size: wholeNumberOption(1),
    padding: choiceOption(['same', 'valid'], 'same'),
    ...weightOptions,
  },
  inputs: [FEATURE_MAP_INPUT],
  make: (options, inChannels: number) => convolutionLayer('', { ...options, inChannels }),
  outputShape: ({ outChannels, padding, size }, x) =>
    featureMap(x, outChannels, (side) => (padding === 'same' ? side : withoutBorder(side, size))),
});

/** Linear layer with bias. x [batch, in] → [batch, outFeatures]. */
export const linear = tfLayer<{ outFeatures: number } & WeightOptions>({
  name: 'linear',
  className: 'StarganLinear',
  options: { outFeatures: wholeNumberOption(1), ...weightOptions },
  inputs: [{ name: 'x', axes: ['batch', 'features'] }],
  make: ({ outFeatures }, inFeatures: number) => linearLayer('', { inFeatures, outFeatures }),
  outputShape: ({ outFeatures }, [batch]) => [batch!, outFeatures],
});
