import type { Sampler } from '@stargan/training';

/** Labels of two domains, the smaller first. */
export type DomainPair = readonly [first: number, second: number];

/** Every pair of so many domains. */
export function domainPairs(domains: number): DomainPair[] {
  return Array.from({ length: domains }, (_, first) =>
    Array.from({ length: domains - first - 1 }, (_, i): DomainPair => [first, first + 1 + i]),
  ).flat();
}

/** A model of all domains that knows only some of them, numbered by their places in `labels`. */
export function samplerOf({ networks, weights }: Sampler, labels: readonly number[]): Sampler {
  const { mappingNetwork, styleEncoder } = networks;
  const own = (domain: readonly number[]): number[] => domain.map((place) => labels[place]!);
  return {
    weights,
    networks: {
      ...networks,
      mappingNetwork: { ...mappingNetwork, apply: (parameters, latent, domain) => mappingNetwork.apply(parameters, latent, own(domain)) },
      styleEncoder: { ...styleEncoder, apply: (parameters, image, domain) => styleEncoder.apply(parameters, image, own(domain)) },
    },
  };
}
