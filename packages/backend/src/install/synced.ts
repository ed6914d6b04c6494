import { open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { partOf } from './cache.js';

/** Puts a file or folder where it belongs, so that after a power cut there is the whole or the old one. */
export async function renameSynced(part: string, path: string): Promise<void> {
  await syncToDisk(part);
  await rename(part, path);
  await syncToDisk(dirname(path));
}

/** Writes a file, so that after a power cut there is the whole or the old one. */
export async function writeSynced(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const part = partOf(path);
  await writeFile(part, content, { mode });
  await renameSynced(part, path);
}

/** Waits until a file, or the names in a folder, are on the disk. */
export async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } catch (error) {
    // Some file systems cannot do this for folders.
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await file.close();
  }
}
