import { reshape, tidy } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import {
  convolution,
  downsamplingTrunk,
  initializeParameters,
  requireDomainLabels,
  requireImage,
  requirePositiveInteger,
  valuesOfDomains,
  type DomainLabels,
  type Network,
  type TrunkOptions,
} from '@stargan/layers';

/** Options of {@link discriminator}. */
export interface DiscriminatorOptions extends Omit<TrunkOptions, 'inChannels'> {
  /** Number of domains, ≥ 1. */
  domains: number;
}

/** The StarGAN v2 discriminator D_y(x). */
export interface Discriminator extends Network {
  /**
   * One logit per image, of its own domain's branch: above 0 means "looks real".
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param image [batch, S, S, 3] in [-1, 1]
   * @param domain of each image, 0 … domains − 1, as an array or a tensor `[batch]` or `[batch, 1]`, which is not read; or a tensor
   * `[batch, domains]` of weights, one-hot or soft
   * @returns [batch]
   */
  apply(parameters: Parameters, image: Tensor, domain: DomainLabels): Tensor1D;
}

/**
 * The multi-task discriminator of StarGAN v2: a trunk of residual blocks without normalisation and a 1×1 conv
 * with one output per domain. It is right to second order in the image, as R1 needs.
 *
 * @param options size of the images, number of domains, widths, and how blocks are computed
 * @throws when imageSize is not a power of two ≥ 16 or another option is out of range
 */
export function discriminator({ domains, ...trunkOptions }: DiscriminatorOptions): Discriminator {
  requirePositiveInteger('discriminator', 'domains', domains);
  const trunk = downsamplingTrunk('discriminator', 'main', trunkOptions);
  const head = convolution(`main.${trunk.length}`, { inChannels: trunk.channels, outChannels: domains, size: 1 });
  const specs = [...trunk.specs, ...head.specs];
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'discriminator'),
    apply(parameters, image, domain) {
      requireImage('discriminator', image.shape, trunkOptions.imageSize);
      const batch = image.shape[0];
      requireDomainLabels('discriminator', domain, batch, domains);
      return tidy(() => {
        const logits = reshape<Rank.R2>(head.apply(parameters, trunk.apply(parameters, image)), [batch, domains]);
        return reshape(valuesOfDomains(logits, domain), [batch]);
      });
    },
  };
}
