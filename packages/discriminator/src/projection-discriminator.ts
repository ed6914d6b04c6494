import { add, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Rank } from '@tensorflow/tfjs-core';
import { conv2d } from '@stargan/ops';
import {
  convolution,
  downsamplingTrunk,
  initializeParameters,
  parameter,
  requireDomainLabels,
  requireImage,
  requirePositiveInteger,
  valuesOfDomains,
  type ParameterSpec,
} from '@stargan/layers';
import type { Discriminator, DiscriminatorOptions } from './discriminator.js';

/**
 * The projection discriminator: the domain as an input, D(x, y) = w·φ(x) + b + v_y·φ(x), with the trunk φ of the
 * multi-task discriminator. What all domains share, whether an image looks real at all, is learnt by w from every sample.
 * It is right to second order in the image.
 *
 * It computes what a multi-task discriminator does whose branches are w + v_y and all have the bias b.
 *
 * Source: Miyato and Koyama 2018, arXiv 1802.05637, equation (3).
 *
 * @param options size of the images, number of domains, widths, and how blocks are computed
 * @throws when imageSize is not a power of two ≥ 16 or another option is out of range
 */
export function projectionDiscriminator({ domains, ...trunkOptions }: DiscriminatorOptions): Discriminator {
  requirePositiveInteger('projectionDiscriminator', 'domains', domains);
  const trunk = downsamplingTrunk('projectionDiscriminator', 'main', trunkOptions);
  const head = convolution(`main.${trunk.length}`, { inChannels: trunk.channels, outChannels: 1, size: 1 });
  const projection: ParameterSpec = { name: 'projection.weight', kind: 'convolution', shape: [1, 1, trunk.channels, domains] };
  const specs = [...trunk.specs, ...head.specs, projection];
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'discriminator'),
    apply(parameters, image, domain) {
      requireImage('projectionDiscriminator', image.shape, trunkOptions.imageSize);
      const batch = image.shape[0];
      requireDomainLabels('projectionDiscriminator', domain, batch, domains);
      return tidy(() => {
        const features = trunk.apply(parameters, image);
        const projected = reshape<Rank.R2>(conv2d(features, parameter(parameters, projection.name)), [batch, domains]);
        const own = valuesOfDomains(projected, domain);
        return reshape<Rank.R1>(add(reshape(head.apply(parameters, features), [batch, 1]), own), [batch]);
      });
    },
  };
}
