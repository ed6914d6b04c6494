import { rm } from 'node:fs/promises';
import { readWholeCheckpoint, type CheckpointManifest } from './checkpoint-manifest.js';
import { readNames, type CheckpointFolder } from './checkpoint-names.js';
import { messageOf } from './file-errors.js';

/** A whole checkpoint. */
export interface Checkpoint extends CheckpointFolder {
  /** What it holds. */
  readonly manifest: CheckpointManifest;
}

/** A folder that looks like a checkpoint and is not whole. */
export interface BrokenCheckpoint extends CheckpointFolder {
  /** Why it cannot be used. */
  readonly reason: string;
}

/** Options of {@link findLatestCheckpoint} and {@link listCheckpoints}. */
export interface FindOptions {
  /** How files are compared with the manifest: by `'sizes'` (default), or by reading all of them for their `'sha256'`. */
  readonly verify?: 'sha256' | 'sizes' | undefined;
  /** Only checkpoints of earlier iterations than this one. */
  readonly before?: number | undefined;
}

/** Options of {@link pruneCheckpoints}. */
export interface PruneOptions {
  /**
   * The iteration that the writer has reached. Checkpoints of later ones, which it left behind when it went back, are
   * neither counted nor removed.
   */
  readonly upTo?: number | undefined;
}

/** Everything in a folder of checkpoints, newest first. */
export interface CheckpointList {
  /** Those that can be read, newest first. */
  readonly whole: readonly Checkpoint[];
  /** Those that cannot, newest first. */
  readonly broken: readonly BrokenCheckpoint[];
}

/** Candidates, newest first. One that was being replaced when its writer was killed counts under its iteration. */
async function candidates(directory: string, before = Infinity): Promise<CheckpointFolder[]> {
  const { finished, replaced } = await readNames(directory);
  const orphaned = replaced.filter(({ iteration }) => !finished.some((folder) => folder.iteration === iteration));
  return [...finished, ...orphaned].filter(({ iteration }) => iteration < before).sort((a, b) => b.iteration - a.iteration);
}

async function examine(folder: CheckpointFolder, { verify = 'sizes' }: FindOptions): Promise<BrokenCheckpoint | Checkpoint> {
  try {
    return { ...folder, manifest: await readWholeCheckpoint(folder.path, folder.iteration, verify) };
  } catch (error) {
    return { ...folder, reason: messageOf(error) };
  }
}

/**
 * The newest whole checkpoint, and which newer folders were passed over and why.
 *
 * @param directory the folder that holds the checkpoints; one that does not exist has none.
 * @returns `checkpoint` is undefined when there is no whole one.
 */
export async function findLatestCheckpoint(
  directory: string,
  options: FindOptions = {},
): Promise<{ readonly checkpoint: Checkpoint | undefined; readonly passedOver: readonly BrokenCheckpoint[] }> {
  const passedOver: BrokenCheckpoint[] = [];
  for (const folder of await candidates(directory, options.before)) {
    const examined = await examine(folder, options);
    if ('manifest' in examined) return { checkpoint: examined, passedOver };
    passedOver.push(examined);
  }
  return { checkpoint: undefined, passedOver };
}

/**
 * All checkpoints of a folder, newest first, the broken ones apart.
 *
 * @param directory the folder that holds the checkpoints; one that does not exist has none.
 */
export async function listCheckpoints(directory: string, options: FindOptions = {}): Promise<CheckpointList> {
  const examined: (BrokenCheckpoint | Checkpoint)[] = [];
  for (const folder of await candidates(directory, options.before)) examined.push(await examine(folder, options));
  return {
    whole: examined.filter((folder) => 'manifest' in folder),
    broken: examined.filter((folder) => 'reason' in folder),
  };
}

/**
 * Keeps the newest `keep` whole checkpoints and removes every folder of an older iteration, whole or broken. Broken
 * folders newer than those stay, for someone to look at.
 *
 * @param directory the folder that holds the checkpoints; one that does not exist has none.
 * @param keep integer ≥ 1.
 * @returns the folders that were removed.
 */
export async function pruneCheckpoints(
  directory: string,
  keep: number,
  { upTo = Infinity }: PruneOptions = {},
): Promise<readonly CheckpointFolder[]> {
  if (!Number.isSafeInteger(keep) || keep < 1) throw new Error(`pruneCheckpoints: keep must be an integer ≥ 1, got ${String(keep)}`);
  const { whole, broken } = await listCheckpoints(directory, { before: upTo + 1 });
  const oldestKept = whole[keep - 1];
  if (oldestKept === undefined) return [];
  const removed = [...whole, ...broken].filter(({ iteration }) => iteration < oldestKept.iteration);
  for (const { path } of removed) await rm(path, { recursive: true, force: true });
  return removed;
}
