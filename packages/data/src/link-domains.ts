import { mkdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { openDataset } from './dataset.js';
import type { ImageFolders } from './image-folders.js';
import { nameOfBytes, pathBytes, printablePath } from './path-names.js';

/** A link, or a file in its place, that leads elsewhere than to the domain of its name. */
export class ForeignLinkError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'ForeignLinkError';
}

/**
 * Makes a data set of some of a data set's domains, without copying: a folder of links. Existing links are kept.
 *
 * @param data folder of the data set
 * @param names of the domains
 * @param target folder of the new one, made where it is not there
 * @throws {ForeignLinkError} when a link of the name leads elsewhere
 */
export async function linkDomains(data: string, names: readonly string[], target: string): Promise<void> {
  const { train, validation } = await openDataset(data);
  // Without a split there are training images alone.
  for (const [split, folders] of [
    ['train', train],
    ['val', validation],
  ] as const) {
    if (folders !== undefined) await linkFolders(folders, names, path.join(target, split));
  }
}

async function linkFolders({ directory, domains }: ImageFolders, names: readonly string[], target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of names) {
    const [from, link] = [domains.find((domain) => domain.name === name)?.directory ?? path.join(directory, name), path.join(target, name)];
    try {
      // A junction needs no rights on Windows; elsewhere the type has no meaning.
      await symlink(pathBytes(from), pathBytes(link), 'junction');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const there = await readlink(pathBytes(link), 'buffer').then(nameOfBytes, () => 'no link');
      if (path.resolve(there) !== from)
        throw new ForeignLinkError(
          `${printablePath(link)} leads to ${printablePath(there)}, not to ${printablePath(from)}; name another folder`,
        );
    }
  }
}
