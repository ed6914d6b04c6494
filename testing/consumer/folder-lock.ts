import {
  FolderHeldError,
  isRunning,
  isFolderHeld,
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
const held: boolean = await isFolderHeld('.', { name: 'run.lock', here });
console.log(held);
await lock?.release();
console.log(isRunning(here));
