import { stat } from 'node:fs/promises';
import path from 'node:path';
import { loadModel, type Model } from '@stargan/training';
import { RequestError } from '@stargan/translation';
import { describePassedOver } from '@stargan/run';
import { replayedIfPossible } from '../replay.js';
import { UsageError } from '../usage-error.js';
import { openChosenCheckpoint, type CheckpointChoice } from './checkpoint-option.js';

/**
 * The folder of a run, or of one of its checkpoints.
 *
 * @throws UsageError when it is neither
 */
export async function requireRunFolder(run: string): Promise<void> {
  const records = [path.join(run, 'config.json'), path.join(run, '..', '..', 'config.json')];
  const [own, above] = await Promise.all(records.map(async (file) => (await stat(file).catch(() => undefined)) !== undefined));
  const isCheckpoint = (await stat(path.join(run, 'manifest.json')).catch(() => undefined)) !== undefined;
  if (own || (above && isCheckpoint)) return;
  throw new UsageError(`${run} holds no run (there is no config.json); name the folder that was given to train as --out`);
}

/**
 * Loads the model of a run, whose translations are replayed where the runtime can; faults of newer checkpoints are printed to standard error.
 *
 * @param choice of its checkpoint, the newest by default
 * @throws UsageError when there is no such checkpoint
 */
export async function loadRunModel(run: string, choice?: CheckpointChoice): Promise<Model> {
  const compile = replayedIfPossible();
  if (choice !== undefined) return loadModel((await openChosenCheckpoint(run, choice)).path, { compile });
  return loadModel(run, { compile, onPassedOver: (checkpoint) => console.error(describePassedOver(checkpoint)) });
}

/** Does what was asked for; what cannot be done as it was asked is wrong usage. */
export async function asRequested<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw error instanceof RequestError ? new UsageError(error.message, { cause: error }) : error;
  }
}
