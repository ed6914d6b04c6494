import { minibatchStdDev as appendDeviation, type MinibatchStdDevOptions } from '../minibatch-std-dev.js';
import { patchDiscriminator as patchDiscriminatorLayer, type PatchDiscriminatorOptions } from '../patch-discriminator.js';
import { featureMap } from './input-shapes.js';
import { FEATURE_MAP_INPUT, weightOptions, type WeightOptions } from './layer-kind.js';
import { flagOption, wholeNumberOption } from './options.js';
import { tfLayer } from './tf-layer.js';

/** Appends how much the samples of a group differ. x [batch, height, width, channels] → [batch, height, width, channels + maps]. */
export const minibatchStdDev = tfLayer<MinibatchStdDevOptions>({
  name: 'minibatchStdDev',
  className: 'StarganMinibatchStdDev',
  options: { groupSize: wholeNumberOption(1, 4), maps: wholeNumberOption(1, 1) },
  inputs: [FEATURE_MAP_INPUT],
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
  options: { width: wholeNumberOption(1, 64), levels: wholeNumberOption(1, 3), normalize: flagOption(true), ...weightOptions },
  inputs: [FEATURE_MAP_INPUT],
  make: (options, inChannels: number) => patchDiscriminatorLayer('model', { ...options, inChannels }),
  outputShape: ({ levels }, x) => featureMap(x, 1, (side) => patches(side, levels)),
});
