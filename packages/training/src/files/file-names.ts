import { EMA_NETWORKS, type NetworkName } from '../networks/networks.js';

/** Names of the networks in files: the reference's. */
const FILE_NAMES: Record<NetworkName, string> = {
  generator: 'generator',
  mappingNetwork: 'mapping_network',
  styleEncoder: 'style_encoder',
  discriminator: 'discriminator',
};

/** The file of a checkpoint that holds a network's weights. */
export const weightsFile = (name: NetworkName): string => `${FILE_NAMES[name]}.safetensors`;

/** The file of a checkpoint that holds a network's moving averages. */
export const averageFile = (name: NetworkName): string => `${FILE_NAMES[name]}_ema.safetensors`;

/** The file of a checkpoint that holds the moments of a network's optimiser. */
export const optimizerFile = (name: NetworkName): string => `${FILE_NAMES[name]}_optimizer.safetensors`;

/** Names of the files of a checkpoint that hold the moving averages. */
export const averageFiles = (): string[] => EMA_NETWORKS.map(averageFile);
