import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './file-errors.js';
import { makeFolder, syncFolder, syncTree } from './file-sync.js';

/**
 * Gives a file or folder that was written aside its name, so that a power cut leaves either what was there before or
 * the whole new one: `aside` is synced with everything in it, then renamed, then the folder above is synced.
 *
 * ```js
 * await renameDurably('dataset.partial', 'dataset');
 * ```
 *
 * @param aside what was written; on the same disk as `path`
 * @param path its final name; a file there is replaced, a folder must be empty
 * @throws as the system does
 */
export async function renameDurably(aside: string, path: string): Promise<void> {
  await syncTree(aside);
  await rename(aside, path);
  await syncFolder(dirname(path));
}

/** Lets `write` fill a file beside `path`, then puts it in place. */
async function replace(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = `${path}.partial`;
  try {
    await write(aside);
    await renameDurably(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeThroughHandle(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await write(handle);
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file beside `path` (`path` with `.partial` added), then renames it over it, so `path` is at every moment
 * the old file or the whole new one.
 *
 * @param caller names the function in messages
 * @param write writes the whole file
 * @throws what `write` does, naming the file; what was at `path` is untouched, and nothing is left beside it
 */
export async function replaceFile(caller: string, path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await replace(path, (aside) => writeThroughHandle(aside, write));
  } catch (error) {
    throw fileError(caller, path, error);
  }
}

/**
 * Writes a file so that it is whole or as it was before, whatever stops the writer at whatever moment, a power cut
 * included: the content goes beside it (`path` with `.partial` added) and is synced, then renamed over it, and the
 * folder is synced.
 *
 * ```js
 * await writeWholeFile('results/scores.json', JSON.stringify({ fid: 12.5 }));
 * ```
 *
 * @param path the file; folders above it are made
 * @param content text, bytes, or a function that writes the file whose path it is given
 * @throws as the system or the function does; what was at `path` is untouched, and nothing is left beside it
 */
export async function writeWholeFile(path: string, content: Uint8Array | string | ((aside: string) => Promise<void>)): Promise<void> {
  await makeFolder(dirname(path));
  if (typeof content === 'function') await replace(path, content);
  else await replace(path, (aside) => writeThroughHandle(aside, (handle) => handle.writeFile(content)));
}
