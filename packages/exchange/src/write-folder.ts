import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { renameDurably } from '@stargan/checkpoints';

/**
 * Makes sure that a folder can be made: that nothing is there, or an empty folder.
 *
 * @throws naming what is in the way
 */
export async function requireVacant(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new Error(`${folder} is a file, not a folder; name another`);
    throw error;
  });
  if (names.length > 0)
    throw new Error(
      `${folder} holds ${names.length} ${names.length === 1 ? 'file or folder' : 'files or folders'} already; name one that does not exist yet`,
    );
}

/**
 * Writes a folder that is whole or not there: it is filled beside its place, synced, and then gets its name.
 *
 * @param folder must not exist, or be empty; `folder` with `.partial` added is overwritten and gone afterwards
 * @param fill writes the content into the folder that it is given, and gives the folder that is to get the name: that one, or one in it
 * @throws what `fill` does; nothing is left
 */
export async function writeFolder(folder: string, fill: (aside: string) => Promise<string>): Promise<void> {
  const path = resolve(folder);
  const aside = `${path}.partial`;
  await requireVacant(path);
  await mkdir(dirname(path), { recursive: true });
  await rm(aside, { recursive: true, force: true });
  try {
    await mkdir(aside);
    const filled = await fill(aside);
    await rmdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await renameDurably(filled, path);
  } finally {
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
  }
}
