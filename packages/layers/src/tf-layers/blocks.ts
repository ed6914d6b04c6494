import { residualBlock as residualBlockLayer, type ResidualBlockOptions } from '../residual-block.js';
import { styledResidualBlock as styledResidualBlockLayer, type StyledResidualBlockOptions } from '../styled-residual-block.js';
import { convolutionMethods, DEFAULT_CONVOLUTION, type ConvolutionMethod } from '../convolution-method.js';
import { featureMap } from './input-shapes.js';
import { FEATURE_MAP_INPUT, weightOptions, type WeightOptions } from './layer-kind.js';
import { choiceOption, flagOption, wholeNumberOption } from './options.js';
import { tfLayer } from './tf-layer.js';

/** A saved model names the method, so steps of one's own cannot be given. */
interface NamedConvolution {
  /** How the block convolves and resamples: a name in `convolutionMethods`. */
  convolution?: ConvolutionMethod | undefined;
}

const convolution = choiceOption(Object.keys(convolutionMethods) as ConvolutionMethod[], DEFAULT_CONVOLUTION);

function half(side: number): number {
  if (side % 2 !== 0) throw new Error(`height and width of x must be even to be halved, got ${side}`);
  return side / 2;
}

/**
 * Pre-activation residual block, as `residualBlock` of the main entry, whose options it has.
 * x [batch, height, width, in] → [batch, height', width', outChannels], halved when `downsample`.
 */
export const residualBlock = tfLayer<Omit<ResidualBlockOptions, 'inChannels' | 'convolution'> & NamedConvolution & WeightOptions>({
  name: 'residualBlock',
  className: 'StarganResidualBlock',
  options: {
    outChannels: wholeNumberOption(1),
    normalize: flagOption(false),
    downsample: flagOption(false),
    convolution,
    ...weightOptions,
  },
  inputs: [FEATURE_MAP_INPUT],
  make: (options, inChannels: number) => residualBlockLayer('', { ...options, inChannels }),
  outputShape: ({ outChannels, downsample }, x) => featureMap(x, outChannels, downsample ? half : undefined),
});

/**
 * Residual block with AdaIN, as `styledResidualBlock` of the main entry, whose options it has but `norm`.
 * inputs [x [batch, height, width, in], style [batch, styleDim]] → [batch, height', width', outChannels], doubled when
 * `upsample`.
 */
export const styledResidualBlock = tfLayer<
  Omit<StyledResidualBlockOptions, 'inChannels' | 'styleDim' | 'norm' | 'convolution'> & NamedConvolution & WeightOptions
>({
  name: 'styledResidualBlock',
  className: 'StarganStyledResidualBlock',
  options: { outChannels: wholeNumberOption(1), upsample: flagOption(false), shortcut: flagOption(true), convolution, ...weightOptions },
  inputs: [FEATURE_MAP_INPUT, { name: 'style', axes: ['batch', 'styleDim'] }],
  make: (options, inChannels: number, styleDim: number) => styledResidualBlockLayer('', { ...options, inChannels, styleDim }),
  outputShape: ({ outChannels, upsample }, x) => featureMap(x, outChannels, (side) => (upsample ? 2 * side : side)),
});
