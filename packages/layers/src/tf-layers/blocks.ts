import { residualBlock as residualBlockLayer, type ResidualBlockOptions } from '../residual-block.js';
import { styledResidualBlock as styledResidualBlockLayer, type StyledResidualBlockOptions } from '../styled-residual-block.js';
import { convolutionVariants, DEFAULT_VARIANT, type ConvolutionVariant } from '../variant.js';
import { featureMap } from './input-shapes.js';
import { FEATURE_MAP, weightOptions, type WeightOptions } from './layer-kind.js';
import { flag, oneOf, wholeNumber } from './options.js';
import { tfLayer } from './tf-layer.js';

/** Saved models name the variant; steps of one's own have no name. */
interface NamedVariant {
  /** How the block convolves, see `convolutionVariants`. */
  variant?: ConvolutionVariant | undefined;
}

const variant = oneOf(Object.keys(convolutionVariants) as ConvolutionVariant[], DEFAULT_VARIANT);

function half(side: number): number {
  if (side % 2 !== 0) throw new Error(`height and width of x must be even to be halved, got ${side}`);
  return side / 2;
}

/**
 * Pre-activation residual block, as `residualBlock` of the main entry, whose options it has.
 * x [batch, height, width, in] → [batch, height', width', outChannels], halved when `downsample`.
 */
export const residualBlock = tfLayer<Omit<ResidualBlockOptions, 'inChannels' | 'variant'> & NamedVariant & WeightOptions>({
  name: 'residualBlock',
  className: 'StarganResidualBlock',
  options: { outChannels: wholeNumber(1), normalize: flag(false), downsample: flag(false), variant, ...weightOptions },
  inputs: [FEATURE_MAP],
  make: (options, inChannels: number) => residualBlockLayer('', { ...options, inChannels }),
  outputShape: ({ outChannels, downsample }, x) => featureMap(x, outChannels, downsample ? half : undefined),
});

/**
 * Residual block with AdaIN, as `styledResidualBlock` of the main entry, whose options it has but `norm`.
 * inputs [x [batch, height, width, in], style [batch, styleDim]] → [batch, height', width', outChannels], doubled when
 * `upsample`.
 */
export const styledResidualBlock = tfLayer<
  Omit<StyledResidualBlockOptions, 'inChannels' | 'styleDim' | 'norm' | 'variant'> & NamedVariant & WeightOptions
>({
  name: 'styledResidualBlock',
  className: 'StarganStyledResidualBlock',
  options: { outChannels: wholeNumber(1), upsample: flag(false), shortcut: flag(true), variant, ...weightOptions },
  inputs: [FEATURE_MAP, { name: 'style', axes: ['batch', 'styleDim'] }],
  make: (options, inChannels: number, styleDim: number) => styledResidualBlockLayer('', { ...options, inChannels, styleDim }),
  outputShape: ({ outChannels, upsample }, x) => featureMap(x, outChannels, (side) => (upsample ? 2 * side : side)),
});
