import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { partOf } from './cache.js';

/** Puts a file or folder where it belongs, so that after a power cut there is the whole or the old one. */
export function renameSynced(part: string, path: string): void {
  syncToDisk(part);
  renameSync(part, path);
  syncToDisk(dirname(path));
}

/** Writes a file, so that after a power cut there is the whole or the old one. */
export function writeSynced(path: string, content: string | Uint8Array, mode?: number): void {
  const part = partOf(path);
  writeFileSync(part, content, { mode });
  renameSynced(part, path);
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } catch (error) {
    // Some file systems cannot do this for folders.
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(file);
  }
}
