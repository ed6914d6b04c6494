export { FolderHeldError, isFolderHeld, lockFolder, type FolderLock, type LockOptions } from './folder-lock.js';
export { isRunning, thisProcess, type ProcessIdentity } from './process-identity.js';
