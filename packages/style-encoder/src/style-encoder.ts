import { reshape, tidy } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import {
  applyPerDomain,
  downsamplingTrunk,
  initializeParameters,
  linear,
  requireDomainLabels,
  requireImage,
  requirePositiveInteger,
  type DomainLabels,
  type Network,
  type TrunkOptions,
} from '@stargan/layers';

/** Options of {@link styleEncoder}. */
export interface StyleEncoderOptions extends Omit<TrunkOptions, 'inChannels'> {
  /** Number of domains, ≥ 1. */
  domains: number;
  /** Length of a style code. */
  styleDim?: number | undefined;
}

/** The StarGAN v2 style encoder E_y(x). */
export interface StyleEncoder extends Network {
  /**
   * Styles of images.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param image [batch, S, S, 3] in [-1, 1]
   * @param domain of each image, 0 … domains − 1, as an array or a tensor `[batch]` or `[batch, 1]`, which is not read; or a tensor
   * `[batch, domains]` of weights, one-hot or soft
   * @returns [batch, styleDim]
   */
  apply(parameters: Parameters, image: Tensor, domain: DomainLabels): Tensor2D;
}

/**
 * The style encoder of StarGAN v2: a trunk of residual blocks without normalisation, then one linear layer
 * per domain. Only the head of an image's own domain is computed, unless the domains are in a tensor.
 *
 * @param options size of the images, number of domains, length of a style, widths, and how blocks are computed
 * @throws when imageSize is not a power of two ≥ 16 or another option is out of range
 */
export function styleEncoder({ domains, styleDim = 64, ...trunkOptions }: StyleEncoderOptions): StyleEncoder {
  requirePositiveInteger('styleEncoder', 'domains', domains);
  requirePositiveInteger('styleEncoder', 'styleDim', styleDim);
  const trunk = downsamplingTrunk('styleEncoder', 'shared', trunkOptions);
  const layers = Array.from({ length: domains }, (_, domain) =>
    linear(`unshared.${domain}`, { inFeatures: trunk.channels, outFeatures: styleDim }),
  );
  const specs = [trunk, ...layers].flatMap((layer) => layer.specs);
  const heads = layers.map((layer) => (parameters: Parameters, x: Tensor2D) => layer.apply(parameters, x));
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'style-encoder'),
    apply(parameters, image, domain) {
      requireImage('styleEncoder', image.shape, trunkOptions.imageSize);
      const batch = image.shape[0];
      requireDomainLabels('styleEncoder', domain, batch, domains);
      return tidy(() => {
        const h = reshape<Rank.R2>(trunk.apply(parameters, image), [batch, trunk.channels]);
        return applyPerDomain(heads, parameters, h, domain);
      });
    },
  };
}
