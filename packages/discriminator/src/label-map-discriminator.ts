import { reshape, tidy } from '@tensorflow/tfjs-core';
import {
  concatenateLabels,
  convolution,
  downsamplingTrunk,
  initializeParameters,
  requireDomainLabels,
  requireImage,
  requirePositiveInteger,
} from '@stargan/layers';
import type { Discriminator, DiscriminatorOptions } from './discriminator.js';

/**
 * A discriminator D(x, y) that sees the domain from its first layer on: one-hot maps beside the image's channels, the
 * trunk of the multi-task discriminator, one output. It is right to second order in the image.
 *
 * Source: Mirza and Osindero 2014, arXiv 1411.1784, in the convolutional form of Reed et al. 2016, arXiv 1605.05396.
 *
 * @param options size of the images, number of domains, widths, and how blocks are computed
 * @throws when imageSize is not a power of two ≥ 16 or another option is out of range
 */
export function labelMapDiscriminator({ domains, ...trunkOptions }: DiscriminatorOptions): Discriminator {
  requirePositiveInteger('labelMapDiscriminator', 'domains', domains);
  const trunk = downsamplingTrunk('labelMapDiscriminator', 'main', { ...trunkOptions, inChannels: 3 + domains });
  const head = convolution(`main.${trunk.length}`, { inChannels: trunk.channels, outChannels: 1, size: 1 });
  const specs = [...trunk.specs, ...head.specs];
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'discriminator'),
    apply(parameters, image, domain) {
      requireImage('labelMapDiscriminator', image.shape, trunkOptions.imageSize);
      requireDomainLabels('labelMapDiscriminator', domain, image.shape[0], domains);
      return tidy(() =>
        reshape(head.apply(parameters, trunk.apply(parameters, concatenateLabels(image, domain, domains))), [image.shape[0]]),
      );
    },
  };
}
