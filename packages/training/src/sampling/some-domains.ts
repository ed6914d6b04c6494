import type { DomainLabels } from '@stargan/layers';
import { gather, Tensor, tensor1d } from '@tensorflow/tfjs-core';
import type { Sampler } from './translate.js';

/**
 * A model of many domains as one that knows only some of them, numbered by their places in `labels`.
 *
 * @param sampler of all domains; its weights are shared
 * @param labels of the domains that are known, as the model numbers them
 */
export function samplerOfDomains({ networks, weights }: Sampler, labels: readonly number[]): Sampler {
  const { mappingNetwork, styleEncoder } = networks;
  const own = (domain: DomainLabels): DomainLabels =>
    domain instanceof Tensor ? gather(tensor1d([...labels], 'int32'), domain) : Array.from(domain, (place) => labels[place]!);
  return {
    weights,
    networks: {
      ...networks,
      mappingNetwork: { ...mappingNetwork, apply: (parameters, latent, domain) => mappingNetwork.apply(parameters, latent, own(domain)) },
      styleEncoder: { ...styleEncoder, apply: (parameters, image, domain) => styleEncoder.apply(parameters, image, own(domain)) },
    },
  };
}
