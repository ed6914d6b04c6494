import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findImages, pathBytes, printablePath, type FoundImages } from '@stargan/data';
import { RequestError } from './request-error.js';

/** A picture that was asked for. */
export interface FoundPicture {
  /** Absolute path; a name that is not UTF-8 carries its bytes as lone surrogates, as in `@stargan/data`. */
  readonly file: string;
  /** What its translations are named after: the path from the folder that was asked for, with `/`; the name alone of a file that was. */
  readonly name: string;
}

/** Pictures that were asked for. */
export interface FoundPictures {
  /** Each once, files and folders in the order asked for, within a folder by path. */
  readonly pictures: readonly FoundPicture[];
  /** What was found in each folder, and what there is not read. */
  readonly folders: readonly (FoundImages & { readonly folder: string })[];
  /** Pictures below `except` that were left out. */
  readonly leftOut: number;
}

/**
 * Finds the pictures of files and folders. Folders are searched at any depth, as those of a data set; files are taken
 * whatever they are called, and looked into when their turn comes.
 *
 * @param paths files and folders
 * @param except folder whose pictures are left out: that of the results, which may lie among the sources
 * @throws RequestError when there is nothing of that name, a folder holds no pictures, or is `except` itself
 */
export async function findPictures(paths: readonly string[], except?: string): Promise<FoundPictures> {
  const pictures = new Map<string, FoundPicture>();
  const folders: (FoundImages & { folder: string })[] = [];
  let leftOut = 0;
  const kinds = await Promise.all(paths.map(kindOf));
  const severalFolders = kinds.filter((kind) => kind === 'folder').length > 1;
  for (const [i, given] of paths.entries()) {
    const root = path.resolve(given);
    if (kinds[i] !== 'folder') {
      if (!pictures.has(root)) pictures.set(root, { file: root, name: path.basename(root) });
      continue;
    }
    if (except !== undefined && path.resolve(except) === root)
      throw new RequestError(`the results would lie among the pictures in ${printablePath(given)}; name another folder for them`);
    const found = await findImages(root);
    const files = found.files.filter((file) => except === undefined || !isWithin(path.resolve(except), file));
    leftOut += found.files.length - files.length;
    if (files.length === 0)
      throw new RequestError(`${printablePath(given)} holds no pictures${found.files.length > 0 ? ' but results' : ''}; check the path`);
    folders.push({ ...found, files, folder: given });
    for (const file of files) {
      const within = path.relative(root, file).split(path.sep).join('/');
      if (!pictures.has(file)) pictures.set(file, { file, name: severalFolders ? `${path.basename(root)}/${within}` : within });
    }
  }
  return { pictures: [...pictures.values()], folders, leftOut };
}

async function kindOf(given: string): Promise<'folder' | 'file'> {
  try {
    return (await stat(pathBytes(given))).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Whatever else is wrong with it is said when it is read.
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new RequestError(`${printablePath(given)} cannot be read: ${message}`, { cause: error });
    const remedy = given.includes('\ufffd')
      ? 'does not exist under this name; the command line can only name what is UTF-8: name the folder that holds it, or rename it'
      : 'does not exist; check the path';
    throw new RequestError(`${printablePath(given)} ${remedy}`, { cause: error });
  }
}

function isWithin(folder: string, file: string): boolean {
  const way = path.relative(folder, file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}
