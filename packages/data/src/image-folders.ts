import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requireWhole } from './requirements.js';

/** The images of one domain. */
export interface DomainFolder {
  /** Name of the folder. */
  readonly name: string;
  /** Absolute paths, in the order of their paths within the folder. */
  readonly files: readonly string[];
}

/** Image folders by domain: a domain's label is its position. */
export interface ImageFolders {
  /** Absolute path of the folder that holds the domains' folders. */
  readonly directory: string;
  /** Sorted by name: a domain's label is its position. */
  readonly domains: readonly DomainFolder[];
}

/** Options of {@link openImageFolders}. */
export interface ImageFoldersOptions {
  /** Fewest images that every domain must have. Default 1. */
  minimumImages?: number;
}

const imageName = /\.(jpe?g|png|webp)$/i;

/**
 * Finds the images of a directory with one folder per domain. Folder names, sorted by code unit, give the labels 0 … K − 1.
 *
 * Images (`jpg`, `jpeg`, `png`, `webp`, in any case) are found at any depth. Hidden files and folders are left out,
 * links are followed, and no folder is visited twice within a domain.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error when the directory is missing, has no domain folders, or a domain has fewer than `minimumImages` images
 */
export async function openImageFolders(directory: string, options: ImageFoldersOptions = {}): Promise<ImageFolders> {
  const { minimumImages = 1 } = options;
  requireWhole('openImageFolders', 'minimumImages', minimumImages, 1);
  const names = await domainNames(directory);
  const domains: DomainFolder[] = [];
  for (const name of names) {
    const files = await imagesBelow(resolve(directory, name));
    if (files.length < minimumImages) throw tooFew(resolve(directory, name), name, files.length, minimumImages);
    domains.push({ name, files });
  }
  return { directory: resolve(directory), domains };
}

/**
 * Names of the folders of a directory, in the order of their labels.
 * @throws Error when the directory is missing or has no folders
 */
export async function domainNames(directory: string): Promise<string[]> {
  const { folders, images } = await visibleEntries(resolve(directory));
  if (folders.length > 0) return folders;
  const remedy = 'make one folder per domain in it and put the images there';
  throw new Error(
    images.length > 0
      ? `openImageFolders: ${directory} holds images (${images[0]!}, …) but no domain folders; ${remedy}`
      : `openImageFolders: ${directory} holds no domain folders; ${remedy}`,
  );
}

/** What a folder holds, hidden entries left out, links followed, sorted by code unit. */
export async function visibleEntries(folder: string): Promise<{ folders: string[]; images: string[] }> {
  const folders: string[] = [];
  const images: string[] = [];
  for (const entry of await readFolder(folder)) {
    if (entry.name.startsWith('.')) continue;
    if (await isFolder(join(folder, entry.name), entry)) folders.push(entry.name);
    else if (imageName.test(entry.name)) images.push(entry.name);
  }
  return { folders: folders.sort(), images: images.sort() };
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new Error(`openImageFolders: ${folder} does not exist; check the path`, { cause: error });
    if (code === 'ENOTDIR') {
      throw new Error(`openImageFolders: ${folder} is not a directory; give one that holds a folder per domain`, { cause: error });
    }
    throw error;
  }
}

async function isFolder(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A broken link with an image's name stays in the list, so that decoding names it.
    return false;
  }
}

/**
 * Finds the images of one folder, at any depth, as {@link openImageFolders} does within a domain.
 *
 * @param directory path, absolute or relative to the working directory
 * @returns absolute paths, in the order of their paths within the folder; none where there are none
 * @throws Error when the directory is missing
 */
export async function listImages(directory: string): Promise<string[]> {
  const status = await stat(directory).catch(() => undefined);
  if (status?.isDirectory() !== true) throw new Error(`listImages: ${directory} ${status === undefined ? 'does not exist' : 'is not a directory'}; check the path`);
  return imagesBelow(resolve(directory));
}

/** Paths of all images below a folder. */
async function imagesBelow(root: string): Promise<string[]> {
  const visited = new Set<string>();
  const found: string[] = [];
  // Paths with `/` so that the order is the same on every system.
  const waiting = [''];
  for (let prefix = waiting.shift(); prefix !== undefined; prefix = waiting.shift()) {
    const folder = join(root, prefix);
    const real = await realpath(folder);
    if (visited.has(real)) continue;
    visited.add(real);
    const { folders, images } = await visibleEntries(folder);
    for (const image of images) found.push(`${prefix}${image}`);
    for (const name of folders) waiting.push(`${prefix}${name}/`);
  }
  return found.sort().map((path) => join(root, path));
}

function tooFew(folder: string, name: string, count: number, minimum: number): Error {
  return count === 0
    ? new Error(
        `openImageFolders: domain "${name}" (${folder}) holds no images (jpg, jpeg, png, webp); add some or remove the folder`,
      )
    : new Error(
        `openImageFolders: domain "${name}" (${folder}) must hold at least ${minimum} images, got ${count}; add images or lower minimumImages`,
      );
}
