import path from 'node:path';
import { pruneCheckpoints, readSafetensors, saveCheckpoint, writeSafetensors, type Checkpoint, type CheckpointContent } from '@stargan/checkpoints';
import { adamStateFromTensors, adamStateToTensors, type AdamState } from '@stargan/optimizers';
import { AVERAGED_NAMES, NETWORK_NAMES, withParameters, type AveragedName, type NetworkName, type Networks, type WeightsOf } from '../model/networks.js';
import { restoreTensors, storedConstants, storedTensors } from '../model/stored-weights.js';
import { disposeAll, mapNames } from '../model/weights.js';
import type { TrainingState } from './state.js';

/** Names of the networks in files: the reference's. */
const FILE_NAMES: Record<NetworkName, string> = {
  generator: 'generator',
  mappingNetwork: 'mapping_network',
  styleEncoder: 'style_encoder',
  discriminator: 'discriminator',
};

const weightsFile = (name: NetworkName): string => `${FILE_NAMES[name]}.safetensors`;
const averageFile = (name: NetworkName): string => `${FILE_NAMES[name]}_ema.safetensors`;
const optimizerFile = (name: NetworkName): string => `${FILE_NAMES[name]}_optimizer.safetensors`;

/** Names of the files of a checkpoint that hold the moving averages. */
export const averageFiles = (): string[] => AVERAGED_NAMES.map(averageFile);

/** Where a run keeps its checkpoints. */
export function checkpointDirectory(runDirectory: string): string {
  return path.join(runDirectory, 'checkpoints');
}

/**
 * Writes a checkpoint: a folder with one safetensors file per network, per moving average and per optimiser, in
 * PyTorch's layout and with the reference's keys; none for a network without parameters. It is whole or not there;
 * older ones beyond `keep` go.
 *
 * @param runDirectory folder of the run; the checkpoint is made in `checkpoints/` there
 * @param networks whose parameters the state holds
 * @param state named by its iteration; it is not changed
 * @param keep how many whole checkpoints stay, ≥ 1
 * @throws when it cannot be written; older checkpoints stay
 */
export async function writeCheckpoint(runDirectory: string, networks: Networks, state: TrainingState, keep: number): Promise<Checkpoint> {
  const files: Record<string, CheckpointContent> = {};
  for (const name of withParameters(networks, NETWORK_NAMES)) {
    const { specs } = networks[name];
    files[weightsFile(name)] = { tensors: [...storedTensors(specs, state.weights[name]), ...storedConstants(networks[name])] };
    files[optimizerFile(name)] = (file) => writeMoments(file, networks, name, state);
  }
  for (const name of withParameters(networks, AVERAGED_NAMES)) files[averageFile(name)] = { tensors: [...storedTensors(networks[name].specs, state.averages[name]), ...storedConstants(networks[name])] };
  const directory = checkpointDirectory(runDirectory);
  const checkpoint = await saveCheckpoint(directory, state.iteration, files);
  await pruneCheckpoints(directory, keep);
  return checkpoint;
}

async function writeMoments(file: string, networks: Networks, name: NetworkName, state: TrainingState): Promise<void> {
  const { specs } = networks[name];
  const { step, first, second } = adamStateToTensors(state.moments[name]!, state.weights[name]);
  try {
    const tensors = [...storedTensors(specs, first, 'first.'), ...storedTensors(specs, second, 'second.')];
    await writeSafetensors(file, tensors, { step: `${step}` });
  } finally {
    disposeAll(first, second);
  }
}

/**
 * Reads the weights that make images; the caller owns them.
 *
 * @param networks of the shapes that the checkpoint was written with
 * @param checkpoint a whole one, as `findCheckpoint` gives it
 * @throws naming the file and the fault
 */
export async function readAverages(networks: Networks, checkpoint: Checkpoint): Promise<WeightsOf<AveragedName>> {
  return readEach(AVERAGED_NAMES, (name) => readWeights(networks, name, path.join(checkpoint.path, averageFile(name))));
}

/**
 * Reads a whole training state; the caller owns it.
 *
 * @param networks of the shapes that the checkpoint was written with
 * @param checkpoint a whole one, as `findCheckpoint` gives it
 * @throws naming the file and the fault
 */
export async function readState(networks: Networks, checkpoint: Checkpoint): Promise<TrainingState> {
  const weights = await readEach(NETWORK_NAMES, (name) => readWeights(networks, name, path.join(checkpoint.path, weightsFile(name))));
  const averages = await readAverages(networks, checkpoint);
  const moments = await readEach(withParameters(networks, NETWORK_NAMES), (name) => readMoments(networks, name, path.join(checkpoint.path, optimizerFile(name)), weights));
  return { iteration: checkpoint.iteration, weights, averages, moments };
}

async function readWeights(networks: Networks, name: NetworkName, file: string): Promise<WeightsOf[NetworkName]> {
  if (networks[name].specs.length === 0) return {};
  const { tensors } = await readSafetensors(file);
  return restoreTensors(networks[name].specs, tensors, file);
}

async function readMoments(networks: Networks, name: NetworkName, file: string, weights: WeightsOf): Promise<AdamState> {
  const { specs } = networks[name];
  const { tensors, metadata } = await readSafetensors(file);
  const step = Number(metadata.step);
  const first = restoreTensors(specs, tensors, file, 'first.');
  const second = restoreTensors(specs, tensors, file, 'second.');
  try {
    return adamStateFromTensors({ step, first, second }, weights[name]);
  } finally {
    disposeAll(first, second);
  }
}

async function readEach<Name extends string, Result>(names: readonly Name[], read: (name: Name) => Promise<Result>): Promise<Record<Name, Result>> {
  const results = mapNames(names, () => undefined as Result | undefined);
  for (const name of names) results[name] = await read(name);
  return results as Record<Name, Result>;
}
