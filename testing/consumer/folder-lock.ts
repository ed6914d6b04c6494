import {
  FolderHeldError,
  isRunning,
  lockFolder,
  thisProcess,
  type FolderLock,
  type LockOptions,
  type ProcessIdentity,
} from '@stargan/folder-lock';

const here: ProcessIdentity = thisProcess();
const options: LockOptions = { name: 'run.lock', heldBy: 'is written by', alternative: 'name another folder', here };
const lock: FolderLock | undefined = await lockFolder('.', options).catch((error: unknown) => {
  if (error instanceof FolderHeldError) return undefined;
  throw error;
});
await lock?.requireHeld();
await lock?.release();
console.log(isRunning(here));
