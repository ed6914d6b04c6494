import { openFolder, type Checkpoint, type OpenedCheckpoint, type ReadableFolder } from '@stargan/checkpoints';
import { EMA_NETWORKS, type EmaNetwork, type NetworkName, type Networks, type WeightsOf } from '../networks/networks.js';
import { disposeAll } from '../networks/weights.js';
import { averageFile } from './file-names.js';
import { readStoredTensors, storedConstants, type StoredTensorsOptions } from './stored-weights.js';

/**
 * The files of a checkpoint.
 *
 * @param checkpoint on a disk, or opened wherever it is
 */
export const filesOf = (checkpoint: Checkpoint | OpenedCheckpoint): ReadableFolder =>
  'folder' in checkpoint ? checkpoint.folder : openFolder(checkpoint.path);

/**
 * Reads the weights that make images; the caller owns them.
 *
 * @param networks of the shapes that the checkpoint was written with
 * @param checkpoint a whole one, as `findLatestCheckpoint` or `openCheckpoint` gives it
 * @throws naming the file and the fault, such as a tensor that is not finite
 */
export async function readAverages(networks: Networks, checkpoint: Checkpoint | OpenedCheckpoint): Promise<WeightsOf<EmaNetwork>> {
  const files = filesOf(checkpoint);
  return readEach(EMA_NETWORKS, (name) => readWeights(networks, name, files, averageFile(name), { roundedToo: true }), disposeAll);
}

/** The weights in one file of a checkpoint; none where the network has no parameters. */
export async function readWeights(
  networks: Networks,
  name: NetworkName,
  files: ReadableFolder,
  file: string,
  options: Pick<StoredTensorsOptions, 'roundedToo'> = {},
): Promise<WeightsOf[NetworkName]> {
  if (networks[name].specs.length === 0) return {};
  const constants = [...storedConstants(networks[name])].map(([constant]) => constant);
  const { groups } = await readStoredTensors(await files.content(file), networks[name].specs, {
    ...options,
    constants,
    path: files.locate(file),
  });
  return groups[0]!;
}

/** Reads one after another; what was read is disposed of when a later one fails. */
export async function readEach<Name extends string, Result>(
  names: readonly Name[],
  read: (name: Name) => Promise<Result>,
  dispose: (result: Result) => void,
): Promise<Record<Name, Result>> {
  const results: Partial<Record<Name, Result>> = {};
  try {
    for (const name of names) results[name] = await read(name);
    return results as Record<Name, Result>;
  } catch (error) {
    for (const result of Object.values<Result | undefined>(results)) if (result !== undefined) dispose(result);
    throw error;
  }
}
