import { minibatchDeviation as appendDeviation, type MinibatchDeviationOptions } from '../minibatch-deviation.js';
import { patchDiscriminator as patchDiscriminatorLayer, type PatchDiscriminatorOptions } from '../patch-discriminator.js';
import { featureMap } from './input-shapes.js';
import { FEATURE_MAP, weightOptions, type WeightOptions } from './layer-kind.js';
import { flag, wholeNumber } from './options.js';
import { tfLayer } from './tf-layer.js';

/** Appends how much the samples of a group differ. x [batch, height, width, channels] → [batch, height, width, channels + maps]. */
export const minibatchDeviation = tfLayer<MinibatchDeviationOptions>({
  name: 'minibatchDeviation',
  className: 'StarganMinibatchDeviation',
  options: { groupSize: wholeNumber(1, 4), maps: wholeNumber(1, 1) },
  inputs: [FEATURE_MAP],
  make: ({ groupSize, maps }, channels: number) => {
    if (channels % maps !== 0) throw new Error(`maps must divide the channels, got ${maps} for ${channels}`);
    return { specs: [], apply: (_, x) => appendDeviation(x, { groupSize, maps }) };
  },
  outputShape: ({ maps }, x) => featureMap(x, x[3]! + maps),
});

function patches(side: number, levels: number): number {
  // Each 4×4 convolution with padding 1 halves, rounding down, at stride 2, and takes one pixel at stride 1.
  const count = Math.floor(side / 2 ** levels) - 2;
  if (count < 1) throw new Error(`height and width of x must be at least ${3 * 2 ** levels} for a patch, got ${side}`);
  return count;
}

/** PatchGAN: one logit per overlapping patch. x [batch, height, width, channels] → [batch, height / 2ˡ − 2, width / 2ˡ − 2, 1]. */
export const patchDiscriminator = tfLayer<Omit<PatchDiscriminatorOptions, 'inChannels'> & WeightOptions>({
  name: 'patchDiscriminator',
  className: 'StarganPatchDiscriminator',
  options: { width: wholeNumber(1, 64), levels: wholeNumber(1, 3), normalize: flag(true), ...weightOptions },
  inputs: [FEATURE_MAP],
  make: (options, inChannels: number) => patchDiscriminatorLayer('model', { ...options, inChannels }),
  outputShape: ({ levels }, x) => featureMap(x, 1, (side) => patches(side, levels)),
});
