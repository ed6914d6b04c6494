import { lockFolder, type FolderLock } from '@stargan/folder-lock';

/** A run's folder, held by this process alone. */
export type RunLock = FolderLock;

/**
 * Locks a run's folder for this process: `train.lock` names the process, its machine and the time.
 *
 * @param directory of the run; it exists
 * @throws FolderHeldError naming the process that holds the folder
 */
export const lockRun = (directory: string): Promise<RunLock> =>
  lockFolder(directory, { name: 'train.lock', heldBy: 'is being trained by', alternative: 'name another folder as --out' });
