import path from 'node:path';
import {
  pruneCheckpoints,
  saveCheckpoint,
  writeSafetensors,
  type Checkpoint,
  type CheckpointContent,
  type TensorSource,
} from '@stargan/checkpoints';
import { adamStateFromTensors, adamStateToTensors, type AdamState } from '@stargan/optimizers';
import type { ParameterSpec } from '@stargan/layers';
import { tensor1d } from '@tensorflow/tfjs-core';
import {
  EMA_NETWORKS,
  NETWORK_NAMES,
  withParameters,
  type EmaNetwork,
  type NetworkName,
  type Networks,
  type WeightsOf,
} from '../networks/networks.js';
import { averageFile, optimizerFile, weightsFile } from './file-names.js';
import { filesOf, readAverages, readEach, readWeights } from './read-averages.js';
import { readStoredTensors, storedConstants, storedTensors } from './stored-weights.js';
import { trainedSpecs, withoutFrozen, type Frozen } from '../networks/freeze.js';
import { disposeAll } from '../networks/weights.js';
import { describeFault, findNonFinite } from '../iteration/finite.js';
import { disposeMoments, type TrainingState } from '../iteration/state.js';

/**
 * Where a run keeps its checkpoints.
 *
 * @param runDirectory the folder of the run, as `stargan train --out` names it
 */
export function checkpointDirectory(runDirectory: string): string {
  return path.join(runDirectory, 'checkpoints');
}

/**
 * Writes a checkpoint: a folder with one safetensors file per network, per moving average and per optimiser, in
 * PyTorch's layout and with the reference's keys; none for a network without parameters, and no moments of what is frozen. It is whole or
 * not there.
 * Once it is on the disk, older ones beyond `keep` go; those of later iterations, from which training was taken back, stay.
 *
 * @param runDirectory folder of the run; the checkpoint is made in `checkpoints/` there
 * @param networks whose parameters the state holds
 * @param state named by its iteration; it is not changed
 * @param keep how many whole checkpoints stay, ≥ 1
 * @throws when a tensor of the state is not finite, or it cannot be written; older checkpoints stay
 */
export async function writeCheckpoint(runDirectory: string, networks: Networks, state: TrainingState, keep: number): Promise<Checkpoint> {
  const fault = findNonFinite(state);
  if (fault !== undefined) throw new Error(`writeCheckpoint: iteration ${state.iteration} is not saved: ${describeFault(fault)}`);
  const files: Record<string, CheckpointContent> = {};
  for (const name of withParameters(networks, NETWORK_NAMES)) {
    files[weightsFile(name)] = { tensors: withConstants(networks, name, state.weights[name]) };
    if (state.moments[name] !== undefined) files[optimizerFile(name)] = (file) => writeMoments(file, networks, name, state);
  }
  for (const name of withParameters(networks, EMA_NETWORKS))
    files[averageFile(name)] = { tensors: withConstants(networks, name, state.ema[name]) };
  const directory = checkpointDirectory(runDirectory);
  const { drawOffset, rollbacks, missingSteps } = state;
  // Three numbers, which float64 holds to the last bit.
  const augmentation = state.augmentation && { augmentation: Array.from(state.augmentation.dataSync()) };
  const metadata = { drawOffset, rollbacks, ...(missingSteps !== 0 && { missingSteps }), ...augmentation };
  const checkpoint = await saveCheckpoint(directory, state.iteration, files, metadata);
  // What could not be removed goes with the next checkpoint: this one is there.
  await pruneCheckpoints(directory, keep, { upTo: state.iteration }).catch(() => undefined);
  return checkpoint;
}

/** A network's parameters and constants, one tensor in memory at a time. */
function* withConstants(
  networks: Networks,
  name: NetworkName,
  weights: WeightsOf[NetworkName],
): Generator<readonly [string, TensorSource]> {
  yield* storedTensors(networks[name].specs, weights);
  yield* storedConstants(networks[name]);
}

async function writeMoments(file: string, networks: Networks, name: NetworkName, state: TrainingState): Promise<void> {
  const moments = state.moments[name]!;
  const trained = new Set(moments.layout.names);
  const specs = networks[name].specs.filter((spec) => trained.has(spec.name));
  const own = Object.fromEntries(specs.map((spec) => [spec.name, state.weights[name][spec.name]!]));
  const { step, first, second } = adamStateToTensors(moments, own);
  try {
    const tensors = [...storedTensors(specs, first, 'first.'), ...storedTensors(specs, second, 'second.')];
    await writeSafetensors(file, tensors, { step: `${step}` });
  } finally {
    disposeAll(first, second);
  }
}

/**
 * Reads a whole training state; the caller owns it.
 *
 * @param networks of the shapes that the checkpoint was written with
 * @param checkpoint a whole one, as `findLatestCheckpoint` gives it
 * @param frozen parameters that its training leaves as they are, which have no moments; none by default
 * @throws naming the file and the fault, such as a tensor that is not finite
 */
export async function readState(networks: Networks, checkpoint: Checkpoint, frozen: Frozen = {}): Promise<TrainingState> {
  const { iteration, manifest } = checkpoint;
  const files = filesOf(checkpoint);
  if (!manifest.files.some(({ name }) => name === weightsFile('generator')))
    throw new Error(
      `${checkpoint.path}/manifest.json lists the moving averages alone, which images are made with; training cannot go on from them: import the files of weights and optimisers as well`,
    );
  const missingSteps = countOf(manifest.metadata.missingSteps);
  const weights = await readEach(NETWORK_NAMES, (name) => readWeights(networks, name, files, weightsFile(name)), disposeAll);
  let ema: WeightsOf<EmaNetwork> | undefined;
  try {
    ema = await readAverages(networks, checkpoint);
    const moments = await readEach(
      NETWORK_NAMES.filter((name) => trainedSpecs(networks, name, frozen).length > 0),
      (name) => {
        const file = path.join(checkpoint.path, optimizerFile(name));
        return readMoments(
          trainedSpecs(networks, name, frozen),
          file,
          withoutFrozen(weights[name], frozen[name]),
          iteration - missingSteps,
        );
      },
      disposeMoments,
    );
    const { drawOffset, rollbacks, augmentation } = manifest.metadata;
    const probability = probabilityOf(augmentation);
    return {
      ...{ iteration, weights, ema, moments, drawOffset: countOf(drawOffset), rollbacks: countOf(rollbacks), missingSteps },
      ...(probability && { augmentation: tensor1d(probability) }),
    };
  } catch (error) {
    disposeAll(...Object.values(weights), ...Object.values(ema ?? {}));
    throw error;
  }
}

/** A count in a manifest; those of earlier versions have none. */
const countOf = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0);

/** The adaptive probability of augmentation in a manifest, with its sums; undefined where there is none, or it cannot be one. */
function probabilityOf(value: unknown): number[] | undefined {
  if (!Array.isArray(value) || value.length !== 3 || !value.every(Number.isFinite)) return undefined;
  const [probability = NaN, , steps = NaN] = value as number[];
  return probability >= 0 && probability <= 1 && steps >= 0 ? (value as number[]) : undefined;
}

async function readMoments(
  specs: readonly ParameterSpec[],
  file: string,
  weights: WeightsOf[NetworkName],
  leastSteps: number,
): Promise<AdamState> {
  const { groups, metadata } = await readStoredTensors(file, specs, { prefixes: ['first.', 'second.'] });
  try {
    return adamStateFromTensors({ step: stepOf(metadata.step, file, leastSteps), first: groups[0]!, second: groups[1]! }, weights);
  } finally {
    disposeAll(...groups);
  }
}

/** An optimiser's steps: at least one for each iteration that it was there for. @throws naming the file */
function stepOf(text: string | undefined, file: string, leastSteps: number): number {
  const step = text === undefined || !/^\d+$/.test(text) ? NaN : Number(text);
  if (Number.isSafeInteger(step) && step >= leastSteps) return step;
  const got = text === undefined ? 'none' : JSON.stringify(text);
  throw new Error(
    `${file}: step, in the file's metadata, must be a whole number of at least ${leastSteps}, the iterations done, got ${got}; take an earlier checkpoint`,
  );
}
