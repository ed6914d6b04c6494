import { reshape, tidy } from '@tensorflow/tfjs-core';
import type { Rank } from '@tensorflow/tfjs-core';
import {
  concatenateLabels,
  downsamplingTrunk,
  initializeParameters,
  linear,
  requireDomainLabels,
  requireImage,
  requirePositiveInteger,
} from '@stargan/layers';
import type { StyleEncoder, StyleEncoderOptions } from './style-encoder.js';

/**
 * A style encoder E(x, y) that takes the domain as an input instead of having a head for each: one-hot maps beside the
 * image's channels, the branched encoder's trunk, and one linear layer.
 *
 * @param options size of the images, number of domains, length of a style, widths, and how blocks are computed
 * @throws when imageSize is not a power of two ≥ 16 or another option is out of range
 */
export function conditionalStyleEncoder({ domains, styleDim = 64, ...trunkOptions }: StyleEncoderOptions): StyleEncoder {
  requirePositiveInteger('conditionalStyleEncoder', 'domains', domains);
  requirePositiveInteger('conditionalStyleEncoder', 'styleDim', styleDim);
  const trunk = downsamplingTrunk('conditionalStyleEncoder', 'trunk', { ...trunkOptions, inChannels: 3 + domains });
  const output = linear('output', { inFeatures: trunk.channels, outFeatures: styleDim });
  const specs = [...trunk.specs, ...output.specs];
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'style-encoder'),
    apply(parameters, image, domain) {
      requireImage('conditionalStyleEncoder', image.shape, trunkOptions.imageSize);
      requireDomainLabels('conditionalStyleEncoder', domain, image.shape[0], domains);
      return tidy(() => {
        const h = trunk.apply(parameters, concatenateLabels(image, domain, domains));
        return output.apply(parameters, reshape<Rank.R2>(h, [image.shape[0], trunk.channels]));
      });
    },
  };
}
