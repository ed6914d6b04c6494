import { rm } from 'node:fs/promises';
import type { CheckpointFolder } from './checkpoint-names.js';
import { diskFolder } from './disk-folder.js';
import {
  examineAll,
  openLatestCheckpoint,
  type BrokenCheckpoint,
  type Checkpoint,
  type FindOptions,
  type OpenedCheckpoint,
} from './open-checkpoint.js';

/** Everything in a folder of checkpoints, newest first. */
export interface CheckpointList {
  /** Those that can be read, newest first. */
  readonly whole: readonly Checkpoint[];
  /** Those that cannot, newest first. */
  readonly broken: readonly BrokenCheckpoint[];
}

/** Options of {@link pruneCheckpoints}. */
export interface PruneOptions {
  /**
   * The iteration that the writer has reached. Checkpoints of later ones, which it left behind when it went back, are
   * neither counted nor removed.
   */
  readonly upTo?: number | undefined;
}

/** What it is, without the means to read it. */
const described = ({ iteration, path, manifest }: OpenedCheckpoint): Checkpoint => ({ iteration, path, manifest });

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
  const { checkpoint, passedOver } = await openLatestCheckpoint(diskFolder(directory), options);
  return { checkpoint: checkpoint && described(checkpoint), passedOver };
}

/**
 * All checkpoints of a folder, newest first, the broken ones apart.
 *
 * @param directory the folder that holds the checkpoints; one that does not exist has none.
 */
export async function listCheckpoints(directory: string, options: FindOptions = {}): Promise<CheckpointList> {
  const examined = await examineAll(diskFolder(directory), options);
  return {
    whole: examined.filter((checkpoint) => 'manifest' in checkpoint).map(described),
    broken: examined.filter((checkpoint) => 'reason' in checkpoint),
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
