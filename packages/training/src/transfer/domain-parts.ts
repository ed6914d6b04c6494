import type { ParameterSpec } from '@stargan/layers';
import { buildNetworks, NETWORK_NAMES, type ModelConfig, type NetworkName, type Networks } from '../networks/networks.js';

/** How a parameter depends on the number of domains. */
export type DomainPart =
  /** It is the same for all domains. */
  | { readonly kind: 'shared' }
  /** It belongs to one domain's branch; the same name with `*` in place of the domain's label. */
  | { readonly kind: 'branch'; readonly domain: number; readonly name: string }
  /** The last entries of one of its axes are the domains', one each. */
  | { readonly kind: 'axis'; readonly axis: number };

/** Networks of a number of domains, and how each of their parameters depends on it. */
export interface DomainNetworks {
  /** The networks. */
  readonly networks: Networks;
  /** The part that domains have in a parameter. */
  readonly partOf: (network: NetworkName, spec: ParameterSpec) => DomainPart;
}

const BRANCH = /^unshared\.(\d+)\./;

/**
 * Networks, and what in them belongs to single domains: told by what one domain more would change, so that it holds for every
 * architecture.
 *
 * @param config of the networks
 * @param domains how many there are
 */
export function networksWithDomains(config: ModelConfig, domains: number): DomainNetworks {
  const networks = buildNetworks(config, domains);
  const larger = buildNetworks(config, domains + 1);
  const shapes = Object.fromEntries(
    NETWORK_NAMES.map((network) => [network, new Map(larger[network].specs.map(({ name, shape }) => [name, shape]))]),
  ) as Record<NetworkName, Map<string, number[]>>;
  const hasBranches = (network: NetworkName): boolean =>
    [...shapes[network].keys()].some((name) => name.startsWith(`unshared.${domains}.`));
  const branched = new Set(NETWORK_NAMES.filter(hasBranches));
  return {
    networks,
    partOf(network, { name, shape }) {
      const branch = branched.has(network) ? BRANCH.exec(name) : null;
      if (branch !== null) return { kind: 'branch', domain: Number(branch[1]), name: name.replace(BRANCH, 'unshared.*.') };
      const with1More = shapes[network].get(name)!;
      const axis = shape.findIndex((size, i) => size !== with1More[i]);
      return axis < 0 ? { kind: 'shared' } : { kind: 'axis', axis };
    },
  };
}
