import { lstat, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until a file's content is on the disk. */
export async function syncFile(path: string): Promise<void> {
  await sync(path, 'r+');
}

/** Waits until a folder's list of names is on the disk; without this a rename may be forgotten by a power cut. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and keeps names without being asked.
  if (process.platform === 'win32') return;
  try {
    await sync(path, 'r');
  } catch (error) {
    // Some file systems cannot sync folders.
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Disks take several files in hardly more time than one. */
const SYNCED_TOGETHER = 32;

/** Waits until a file, or a folder with everything in it, is on the disk. */
export async function syncTree(path: string): Promise<void> {
  const status = await lstat(path);
  if (status.isFile()) await syncFile(path);
  if (!status.isDirectory()) return;
  const names = await readdir(path);
  for (let start = 0; start < names.length; start += SYNCED_TOGETHER)
    await Promise.all(names.slice(start, start + SYNCED_TOGETHER).map((name) => syncTree(join(path, name))));
  await syncFolder(path);
}

/** Makes a folder and those above it that are missing, and waits until their names are on the disk. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  const highest = dirname(resolve(first));
  for (let folder = dirname(resolve(path)); folder.length >= highest.length; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === highest) return;
  }
}
