import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readEntries } from './folder-entries.js';
import { countPassedOver, type PassedOverFile } from './passed-over.js';
import { pathBytes, printablePath } from './path-names.js';
import { requireWhole } from './requirements.js';

/** The images of one domain. */
export interface DomainFolder {
  /** Name of the folder, composed (Unicode's NFC), whatever the system that wrote it makes of it. */
  readonly name: string;
  /** Absolute path of the folder. */
  readonly directory?: string | undefined;
  /**
   * Absolute paths, in the order of their paths within the folder. A name that is not UTF-8 carries its bytes as lone
   * surrogates: {@link pathBytes} gives what Node's file functions take.
   */
  readonly files: readonly string[];
}

/** Image folders by domain: a domain's label is its position. */
export interface ImageFolders {
  /** Absolute path of the folder that holds the domains' folders. */
  readonly directory: string;
  /** Sorted by name: a domain's label is its position. */
  readonly domains: readonly DomainFolder[];
  /** What lies in these folders and is not read, and why. */
  readonly passedOver?: readonly PassedOverFile[] | undefined;
  /** Sentences about what a person should know of these folders. */
  readonly notes?: readonly string[] | undefined;
}

/** Options of {@link openImageFolders}. */
export interface ImageFoldersOptions {
  /** Fewest images that every domain must have. Default 1. */
  minimumImages?: number | undefined;
}

/** The images of a folder, and what else lies there. */
export interface FoundImages {
  /** Absolute paths, in the order of their paths within the folder. */
  readonly files: readonly string[];
  /** What is not read, and why. */
  readonly passedOver: readonly PassedOverFile[];
  /** Sentences about what a person should know. */
  readonly notes: readonly string[];
}

/**
 * Finds the images of a directory with one folder per domain. Folder names, sorted by code unit, give the labels 0 … K − 1.
 *
 * Images are found at any depth: files called `jpg`, `png`, `webp`, `bmp`, `tif` and the like, in any case, and files of
 * any other name that begin as an image of a format that `decodeImage` reads. Links are followed, and no folder is visited twice within a domain. Hidden entries,
 * those of operating systems (`lost+found`, `__MACOSX`, `@eaDir`, …) and all that is neither file nor folder are passed
 * over, and listed. Names are compared and sorted in composed form (NFC), so that a data set has the same labels on
 * every system.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error when the directory is missing or may not be read, has no domain folders, two of one name, or a domain
 *   has fewer than `minimumImages` images
 */
export async function openImageFolders(directory: string, options: ImageFoldersOptions = {}): Promise<ImageFolders> {
  const { minimumImages = 1 } = options;
  requireWhole('openImageFolders', 'minimumImages', minimumImages, 1);
  const { folders, passedOver } = await domainFolders(directory);
  const domains: Required<DomainFolder>[] = [];
  const notes: string[] = [];
  for (const folder of folders) {
    const found = await imagesBelow(folder.directory);
    if (found.files.length < minimumImages) throw tooFew(folder, found, minimumImages);
    domains.push({ ...folder, files: found.files });
    passedOver.push(...found.passedOver);
    notes.push(...found.notes);
  }
  return { directory: resolve(directory), domains, passedOver, notes };
}

/** A domain before its images are looked for. */
export type NamedFolder = Pick<Required<DomainFolder>, 'name' | 'directory'>;

/**
 * The folders of a directory, in the order of their labels, and what beside them is not read.
 * @throws Error when the directory is missing, has no folders, or two whose names differ in composition alone
 */
export async function domainFolders(directory: string): Promise<{ folders: NamedFolder[]; passedOver: PassedOverFile[] }> {
  const { folders, images, passedOver } = await readEntries(resolve(directory));
  const remedy = 'make one folder per domain in it and put the images there';
  if (folders.length === 0) {
    throw new Error(
      images.length > 0
        ? `openImageFolders: ${printablePath(directory)} holds images (${printablePath(images[0]!)}, …) but no domain folders; ${remedy}`
        : `openImageFolders: ${printablePath(directory)} holds no domain folders; ${remedy}`,
    );
  }
  const named = folders.map((name) => ({ name: name.normalize('NFC'), directory: join(resolve(directory), name) }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = named.find(({ name }, i) => name === named[i + 1]?.name);
  if (twice !== undefined) {
    throw new Error(
      `openImageFolders: ${printablePath(directory)} holds two folders "${printablePath(twice.name)}", whose names look alike and differ in their Unicode composition; move the images of one into the other`,
    );
  }
  const stray = images.map((name) => ({ file: join(resolve(directory), name), kind: 'stray' as const, called: name }));
  return { folders: named, passedOver: [...passedOver, ...stray] };
}

/**
 * Finds the images of one folder, at any depth, as {@link openImageFolders} does within a domain.
 *
 * @param directory path, absolute or relative to the working directory
 * @returns absolute paths, in the order of their paths within the folder; none where there are none
 * @throws Error when the directory is missing or may not be read
 */
export async function listImages(directory: string): Promise<string[]> {
  return [...(await findImages(directory)).files];
}

/**
 * As {@link listImages}, with what lies there besides and is not read.
 *
 * @param directory path, absolute or relative to the working directory
 * @throws Error when the directory is missing or may not be read
 */
export async function findImages(directory: string): Promise<FoundImages> {
  const status = await stat(pathBytes(directory)).catch(() => undefined);
  if (status?.isDirectory() !== true)
    throw new Error(
      `listImages: ${printablePath(directory)} ${status === undefined ? 'does not exist' : 'is not a directory'}; check the path`,
    );
  return imagesBelow(resolve(directory));
}

/** All images below a folder. */
async function imagesBelow(root: string): Promise<FoundImages> {
  const visited = new Set<string>();
  const found: string[] = [];
  const passedOver: PassedOverFile[] = [];
  // Paths with `/` so that the order is the same on every system.
  const waiting = [''];
  for (let prefix = waiting.shift(); prefix !== undefined; prefix = waiting.shift()) {
    const folder = join(root, prefix);
    const real = await realFolder(folder);
    if (visited.has(real)) continue;
    visited.add(real);
    const entries = await readEntries(folder);
    passedOver.push(...entries.passedOver);
    for (const image of entries.images) found.push(`${prefix}${image}`);
    for (const name of entries.folders) waiting.push(`${prefix}${name}/`);
  }
  const sorted = found
    .map((path) => ({ path, composed: path.normalize('NFC') }))
    .sort((a, b) => compare(a.composed, b.composed) || compare(a.path, b.path));
  const twice = sorted.filter(({ composed }, i) => composed === sorted[i + 1]?.composed);
  return {
    files: sorted.map(({ path }) => join(root, path)),
    passedOver,
    notes:
      twice.length === 0
        ? []
        : [
            sameNames(
              root,
              twice.map(({ composed }) => composed),
            ),
          ],
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sameNames(root: string, names: readonly string[]): string {
  return `${printablePath(root)}: ${names.length} ${names.length === 1 ? 'name' : 'names'} such as ${printablePath(names[0]!)} occur twice, composed and decomposed; both files are read, and may be the same picture`;
}

/** The one name of a folder, whatever links lead to it. */
async function realFolder(folder: string): Promise<string> {
  try {
    return (await realpath(pathBytes(folder), { encoding: 'buffer' })).toString('latin1');
  } catch {
    // Reading it says what is wrong.
    return folder;
  }
}

function tooFew({ name, directory }: NamedFolder, { files, passedOver }: FoundImages, minimum: number): Error {
  const domain = `domain "${printablePath(name)}" (${printablePath(directory)})`;
  if (files.length > 0)
    return new Error(
      `openImageFolders: ${domain} must hold at least ${minimum} images, got ${files.length}; add images or lower minimumImages`,
    );
  const there = countPassedOver(passedOver).flatMap(({ called }) =>
    Object.entries(called).map(([what, count]) => `${printablePath(what)} ${count}`),
  );
  const only = there.length === 0 ? '' : `, only ${there.join(', ')}`;
  return new Error(`openImageFolders: ${domain} holds no images${only}; add some or remove the folder`);
}
