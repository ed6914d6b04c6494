import { EMA_NETWORKS, type NetworkName } from '../networks/networks.js';
import { REFERENCE_NAMES } from '../networks/reference-names.js';

/**
 * The file of a checkpoint that holds a network's weights.
 *
 * @param name of the network
 */
export const weightsFile = (name: NetworkName): string => `${REFERENCE_NAMES[name]}.safetensors`;

/**
 * The file of a checkpoint that holds a network's moving averages.
 *
 * @param name of a network that has them
 */
export const averageFile = (name: NetworkName): string => `${REFERENCE_NAMES[name]}_ema.safetensors`;

/**
 * The file of a checkpoint that holds the moments of a network's optimiser: `first.` and `second.` before each key, and
 * `step` in its metadata.
 *
 * @param name of the network
 */
export const optimizerFile = (name: NetworkName): string => `${REFERENCE_NAMES[name]}_optimizer.safetensors`;

/** Names of the files of a checkpoint that hold the moving averages. */
export const averageFiles = (): string[] => EMA_NETWORKS.map(averageFile);
