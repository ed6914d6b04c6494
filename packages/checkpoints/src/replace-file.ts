import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './file-errors.js';
import { syncFolder } from './file-sync.js';

/**
 * Writes a file beside `path` (`path` with `.partial` added), then renames it over it, so `path` is at every moment
 * the old file or the whole new one.
 *
 * @param caller names the function in messages
 * @param write writes and syncs the whole file
 * @throws what `write` does, naming the file; what was at `path` is untouched, and nothing is left beside it
 */
export async function replaceFile(caller: string, path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const aside = `${path}.partial`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(aside, 'w');
    await write(handle);
    await handle.close();
    handle = undefined;
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await handle?.close();
    await rm(aside, { force: true });
    throw fileError(caller, path, error);
  }
}
