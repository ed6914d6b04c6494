import { parameterCount } from '@stargan/layers';
import { NETWORK_NAMES, type NetworkName, type Networks } from './networks.js';

/** What the reference calls the networks, in its checkpoints and in ours. */
export const REFERENCE_NAMES: Readonly<Record<NetworkName, string>> = {
  generator: 'generator',
  mappingNetwork: 'mapping_network',
  styleEncoder: 'style_encoder',
  discriminator: 'discriminator',
};

/** A parameter of the four networks. */
export interface NamedParameter {
  /** The network that it belongs to. */
  readonly network: NetworkName;
  /** Its key in the network's state dictionary, `main.0.weight`. */
  readonly key: string;
  /** Both together, as checkpoints have them: `discriminator.main.0.weight`, `mapping_network.shared.0.bias`. */
  readonly name: string;
  /** Number of its values. */
  readonly size: number;
}

/**
 * All parameters of the four networks, in the order of their state dictionaries.
 *
 * @param networks all four
 */
export function namedParameters(networks: Networks): NamedParameter[] {
  return NETWORK_NAMES.flatMap((network) =>
    networks[network].specs.map((spec) => ({
      network,
      key: spec.name,
      name: `${REFERENCE_NAMES[network]}.${spec.name}`,
      size: parameterCount([spec]),
    })),
  );
}
