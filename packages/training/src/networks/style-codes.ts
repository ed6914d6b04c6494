import { concat, Tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { domainWeights, type DomainLabels, type Network } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';

/** A network of codes per domain, which training and sampling give each sample's domain. */
export interface StyleNetwork extends Network {
  /**
   * Codes that carry the target domain to the generator.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param input latent codes [batch, latentDim], or images [batch, S, S, 3] in [-1, 1]
   * @param domain the domain of each sample, 0 … domains − 1, as an array or a tensor
   * @returns [batch, length]
   */
  apply(parameters: Parameters, input: Tensor, domain: DomainLabels): Tensor2D;
}

/** What makes the codes that the generator gets: one from latent codes, one from images. */
export interface StyleNetworks {
  /** Codes of latent codes. */
  readonly mappingNetwork: StyleNetwork;
  /** Codes of images. */
  readonly styleEncoder: StyleNetwork;
}

/** [samples, domains]: 1 at each sample's domain. */
function oneHotDomains(domain: DomainLabels, domains: number): Tensor2D {
  if (domain instanceof Tensor) return domainWeights('styles', domain, domain.shape[0], domains);
  const values = new Float32Array(domain.length * domains);
  Array.from(domain).forEach((d, sample) => (values[sample * domains + d] = 1));
  return tensor2d(values, [domain.length, domains]);
}

/** Codes that are the domain alone, as in the first StarGAN: one picture per source and domain. No parameters. */
export function labelCodes(domains: number): StyleNetworks {
  const network = {
    specs: [],
    init: () => ({}),
    apply: (_parameters: unknown, _input: unknown, domain: DomainLabels) => oneHotDomains(domain, domains),
  };
  return { mappingNetwork: network, styleEncoder: network };
}

/**
 * Codes that are a latent code and the domain beside it: what D of the paper's component analysis injects. The latent
 * code of an image comes from an encoder that does not know domains.
 *
 * @param encoder an encoder of one domain, to codes as long as a latent code
 */
export function latentCodesWithLabels(encoder: StyleNetwork, domains: number): StyleNetworks {
  return {
    mappingNetwork: {
      specs: [],
      init: () => ({}),
      apply: (_, latent, domain) => tidy(() => concat([latent as Tensor2D, oneHotDomains(domain, domains)], 1)),
    },
    styleEncoder: {
      ...encoder,
      apply: (parameters, image, domain) =>
        tidy(() =>
          concat(
            [
              encoder.apply(
                parameters,
                image,
                Array.from({ length: image.shape[0] }, () => 0),
              ),
              oneHotDomains(domain, domains),
            ],
            1,
          ),
        ),
    },
  };
}
