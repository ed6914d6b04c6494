import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { domainNames, openImageFolders, visibleEntries, type ImageFolders, type ImageFoldersOptions } from './image-folders.js';

/** Images to train on and, where there are any, images to validate with. The labels of both agree. */
export interface Dataset {
  /** Images to train on. */
  readonly train: ImageFolders;
  /** Images to validate with, where there is a `val/`. */
  readonly validation?: ImageFolders;
}

/**
 * Opens a data set: a directory with one folder per domain, or with `train/` (and perhaps `val/`) that hold such folders.
 *
 * `minimumImages` is asked of the training domains; a validation domain needs one image.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error as `openImageFolders`, and when the domains of `train/` and `val/` differ
 */
export async function openDataset(directory: string, options: ImageFoldersOptions = {}): Promise<Dataset> {
  if (!(await isSplit(directory))) return { train: await openImageFolders(directory, options) };
  const train = await openImageFolders(join(directory, 'train'), options);
  if (!(await isDirectory(join(directory, 'val')))) return { train };
  requireSameNames(directory, train, await domainNames(join(directory, 'val')));
  return { train, validation: await openImageFolders(join(directory, 'val')) };
}

/**
 * Names of a data set's domains, in the order of their labels, without looking for images.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error when the directory is missing or has no domain folders
 */
export async function listDomains(directory: string): Promise<string[]> {
  return domainNames((await isSplit(directory)) ? join(directory, 'train') : directory);
}

/**
 * A folder `train` is taken for a split when it holds folders, or when at most `val` is beside it. So a domain
 * called `train` (trains and boats, say) is still possible.
 */
async function isSplit(directory: string): Promise<boolean> {
  if (!(await isDirectory(join(directory, 'train')))) return false;
  if ((await visibleEntries(join(directory, 'train'))).folders.length > 0) return true;
  return (await domainNames(directory)).every((name) => name === 'train' || name === 'val');
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function requireSameNames(directory: string, train: ImageFolders, names: readonly string[]): void {
  const trained = train.domains.map(({ name }) => name);
  if (trained.join('/') === names.join('/')) return;
  throw new Error(
    `openDataset: ${directory}: val/ must hold the domains of train/ (${trained.join(', ')}), got ${names.join(', ')}; ` +
      'rename, add or remove folders until they agree',
  );
}
