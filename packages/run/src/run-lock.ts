import { isFolderHeld, lockFolder, type FolderLock } from '@stargan/folder-lock';

/** A run's folder, held by this process alone. */
export type RunLock = FolderLock;

/** Name of the lock in a run's folder. */
const NAME = 'train.lock';

/**
 * Locks a run's folder for this process: `train.lock` names the process, its machine and the time.
 *
 * @param directory of the run; it exists
 * @throws FolderHeldError naming the process that holds the folder
 */
export const lockRun = (directory: string): Promise<RunLock> =>
  lockFolder(directory, { name: NAME, heldBy: 'is being trained by', alternative: 'name another folder as --out' });

/**
 * Whether a process trains in a run's folder; nothing is written.
 *
 * @param directory of the run
 */
export const isTraining = (directory: string): Promise<boolean> => isFolderHeld(directory, { name: NAME });
