import { readWholeCheckpoint, type CheckOptions, type CheckpointManifest } from './checkpoint-manifest.js';
import { readNames, type CheckpointFolder, type FoundFolder } from './checkpoint-names.js';
import { fileError, messageOf } from './file-errors.js';
import type { ReadableFolder } from './readable-folder.js';

/** A whole checkpoint. */
export interface Checkpoint extends CheckpointFolder {
  /** What it holds. */
  readonly manifest: CheckpointManifest;
}

/** A whole checkpoint, to be read. */
export interface OpenedCheckpoint extends Checkpoint {
  /** Its files. */
  readonly folder: ReadableFolder;
}

/** A folder that looks like a checkpoint and is not whole. */
export interface BrokenCheckpoint extends CheckpointFolder {
  /** Why it cannot be used. */
  readonly reason: string;
}

/** Options of `findLatestCheckpoint`, `listCheckpoints` and {@link openLatestCheckpoint}. */
export interface FindOptions extends CheckOptions {
  /** Only checkpoints of earlier iterations than this one. */
  readonly before?: number | undefined;
}

/** Candidates, newest first. One that was being replaced when its writer was killed counts under its iteration. */
async function candidates(directory: ReadableFolder, before = Infinity): Promise<FoundFolder[]> {
  const { finished, replaced } = await readNames(directory);
  const orphaned = replaced.filter(({ iteration }) => !finished.some((folder) => folder.iteration === iteration));
  return [...finished, ...orphaned].filter(({ iteration }) => iteration < before).sort((a, b) => b.iteration - a.iteration);
}

async function examine({ iteration, path, folder }: FoundFolder, options: FindOptions): Promise<BrokenCheckpoint | OpenedCheckpoint> {
  try {
    return { iteration, path, folder, manifest: await readWholeCheckpoint(folder, iteration, options) };
  } catch (error) {
    return { iteration, path, reason: messageOf(error) };
  }
}

/**
 * A checkpoint by its own folder, whatever that is called.
 *
 * @param folder the folder that holds `manifest.json`
 * @throws naming the folder, and saying why it is no whole checkpoint
 */
export async function openCheckpoint(folder: ReadableFolder, options: CheckOptions = {}): Promise<OpenedCheckpoint> {
  try {
    const manifest = await readWholeCheckpoint(folder, undefined, options);
    return { iteration: manifest.iteration, path: folder.path, folder, manifest };
  } catch (error) {
    throw fileError('openCheckpoint', folder.path, error);
  }
}

/**
 * The newest whole checkpoint of a folder, wherever that is, and which newer ones were passed over and why.
 *
 * @param directory the folder that holds the checkpoints; one that does not exist has none
 * @returns `checkpoint` is undefined when there is no whole one
 * @throws where the folder cannot be listed, as on a web server
 */
export async function openLatestCheckpoint(
  directory: ReadableFolder,
  options: FindOptions = {},
): Promise<{ readonly checkpoint: OpenedCheckpoint | undefined; readonly passedOver: readonly BrokenCheckpoint[] }> {
  const passedOver: BrokenCheckpoint[] = [];
  for (const folder of await candidates(directory, options.before)) {
    const examined = await examine(folder, options);
    if ('manifest' in examined) return { checkpoint: examined, passedOver };
    passedOver.push(examined);
  }
  return { checkpoint: undefined, passedOver };
}

/** All checkpoints of a folder, newest first. */
export async function examineAll(directory: ReadableFolder, options: FindOptions): Promise<(BrokenCheckpoint | OpenedCheckpoint)[]> {
  const examined: (BrokenCheckpoint | OpenedCheckpoint)[] = [];
  for (const folder of await candidates(directory, options.before)) examined.push(await examine(folder, options));
  return examined;
}
