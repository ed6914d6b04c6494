import {
  openCheckpoint,
  openFolder,
  openLatestCheckpoint,
  type BrokenCheckpoint,
  type Checkpoint,
  type FolderSource,
  type OpenedCheckpoint,
  type ReadableFolder,
} from '@stargan/checkpoints';
import { NETWORK_NAMES } from '../networks/networks.js';
import { describeOverflow, findOverflow } from '../networks/probe.js';
import { disposeAll } from '../networks/weights.js';
import type { Sampler } from '../sampling/translate.js';
import { averageFiles, weightsFile } from './file-names.js';
import { readModelRecord, RECORD_FILE, type ModelRecord, type OpenedRecord } from './model-record.js';
import { filesOf, readAverages } from './read-averages.js';

/** Networks of a run, with the moving averages of one of its checkpoints as weights. */
export interface OpenedModel extends Sampler, ModelRecord {
  /** The checkpoint that the weights are from. */
  readonly checkpoint: Checkpoint;
}

/** Which checkpoint is read, and how. */
export interface OpenModelOptions {
  /** Iteration of the checkpoint; the newest whole one by default. */
  readonly iteration?: number;
  /** How files are compared with the checkpoint's manifest: by their `'sha256'` (default), or by `'sizes'` alone. */
  readonly verify?: 'sha256' | 'sizes';
  /** Which files have to be whole: those of the `'averages'` (default), or the `'weights'` that were trained as well, where there are any. */
  readonly reads?: 'averages' | 'weights';
  /** Is told of every newer checkpoint that was passed over, and why. */
  readonly onPassedOver?: (checkpoint: BrokenCheckpoint) => void;
  /** Gives the checkpoint instead; it is asked again when that has gone before it was read. */
  readonly find?: () => Promise<Checkpoint>;
}

/** A trained model that was found and not read yet. */
export interface FoundModel extends OpenedRecord {
  /** Finds the checkpoint; asked again, it looks again. */
  readonly find: () => Promise<Checkpoint>;
}

/** How often a checkpoint may vanish while it is read. */
const ATTEMPTS = 5;

/**
 * Opens a trained model, also of a run that is being trained: when training removes the checkpoint before it was
 * read, another one is looked for.
 *
 * @param source the folder of a run or of one of its checkpoints: a path (in a browser a URL), a URL, or files by name
 * @param options which checkpoint, and how it is checked
 * @returns weights that the caller owns
 * @throws naming the file and the fault, or the checkpoint whose weights give values that are not finite
 */
export async function openModel(source: FolderSource, options: OpenModelOptions = {}): Promise<OpenedModel> {
  const { config, domains, networks, find } = await findModel(source, options);
  for (let attempt = 1; ; attempt++) {
    const checkpoint = await find();
    try {
      const weights = await readAverages(networks, checkpoint);
      const network = findOverflow(networks, weights, domains.length, config);
      if (network === undefined) return { networks, weights, config, domains, checkpoint };
      disposeAll(...Object.values(weights));
      throw new Error(`${checkpoint.path}: ${describeOverflow(network)}; the checkpoint cannot be used, take an earlier one`);
    } catch (error) {
      if ((await isThere(checkpoint)) || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Finds a trained model without reading its weights: for what does something else with its files.
 *
 * @param source as {@link openModel} takes it
 * @param options which checkpoint, and how it is checked
 * @throws naming the folder where it holds no model
 */
export async function findModel(source: FolderSource, options: OpenModelOptions = {}): Promise<FoundModel> {
  const folder = openFolder(source);
  // A checkpoint that somebody else finds is one of this run.
  const isCheckpoint = options.find === undefined && (await folder.size('manifest.json')) !== undefined;
  const record = await requireRecord(folder, isCheckpoint);
  return { ...record, find: options.find ?? (() => findIn(folder, isCheckpoint, options)) };
}

/** The record of a run and its networks, also by the folder of one of its checkpoints. */
async function requireRecord(folder: ReadableFolder, isCheckpoint: boolean): Promise<OpenedRecord> {
  const record = (await readModelRecord(folder)) ?? (isCheckpoint ? await readModelRecord(folder.folder('../..')) : undefined);
  if (record !== undefined) return record;
  throw new Error(
    isCheckpoint
      ? `${folder.path} holds a checkpoint, but no ${RECORD_FILE} is there or two folders above; add that of its run`
      : `${folder.path} holds no model (there is no ${RECORD_FILE}); give the folder of a run, which training was given as --out, or of one of its checkpoints`,
  );
}

/** Only what the model is read from has to be there: not the discriminator, nor the optimisers. */
const isRead = (name: string): boolean => averageFiles().includes(name);

const weightsFiles = NETWORK_NAMES.map(weightsFile);

/** What a new training is begun from: not the optimisers. */
const isBegunFrom = (name: string): boolean => isRead(name) || weightsFiles.includes(name);

async function findIn(
  folder: ReadableFolder,
  isCheckpoint: boolean,
  { iteration, verify = 'sha256', reads = 'averages', onPassedOver }: OpenModelOptions,
): Promise<OpenedCheckpoint> {
  const check = { verify, only: reads === 'averages' ? isRead : isBegunFrom };
  if (isCheckpoint) {
    const checkpoint = await openCheckpoint(folder, check);
    if (iteration === undefined || iteration === checkpoint.iteration) return checkpoint;
    throw new Error(
      `${folder.path} is the checkpoint of iteration ${checkpoint.iteration}, not of ${iteration}; give the folder of its run`,
    );
  }
  const checkpoints = folder.folder('checkpoints');
  if (iteration !== undefined) return openIteration(checkpoints, iteration, check);
  if ((await checkpoints.folders()) === undefined)
    throw new Error(`${folder.path}: a web server does not list its folders; give the iteration, or the folder of a checkpoint`);
  const { checkpoint, passedOver } = await openLatestCheckpoint(checkpoints, check);
  if (checkpoint === undefined) throw new Error(`${folder.path} has no checkpoint${describeAll(passedOver)}`);
  if (onPassedOver !== undefined) passedOver.forEach(onPassedOver);
  return checkpoint;
}

function describeAll(broken: readonly BrokenCheckpoint[]): string {
  if (broken.length === 0) return ' yet; train it first';
  const list = broken.map(({ path, reason }) => `${path}: ${reason}`).join('; ');
  return ` that can be used (${list}); put one back from a copy`;
}

async function openIteration(
  checkpoints: ReadableFolder,
  iteration: number,
  check: Parameters<typeof openCheckpoint>[1],
): Promise<OpenedCheckpoint> {
  const name = `${iteration}`.padStart(7, '0');
  try {
    return await openCheckpoint(checkpoints.folder(name), check);
  } catch (error) {
    const others = ((await checkpoints.folders()) ?? []).filter((other) => /^\d{7,}$/.test(other) && other !== name).map(Number);
    const there = others.length === 0 ? '' : `; others are ${others.sort((a, b) => a - b).join(', ')}`;
    throw new Error(`there is no whole checkpoint of iteration ${iteration}: ${(error as Error).message}${there}`, { cause: error });
  }
}

/** Whether all files of a checkpoint that are read are still where they were. */
async function isThere(checkpoint: Checkpoint): Promise<boolean> {
  const names = checkpoint.manifest.files.map(({ name }) => name).filter(isRead);
  const sizes = await Promise.all(names.map((name) => filesOf(checkpoint).size(name)));
  return !sizes.includes(undefined);
}
