import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../usage-error.js';

const REASONS: Readonly<Record<string, string>> = {
  EROFS: 'its disk is read-only',
  EACCES: 'there is no permission to write to it',
  EPERM: 'there is no permission to write to it',
};

/** The nearest existing folder on the way up. */
async function nearestExisting(folder: string): Promise<string> {
  const absolute = path.resolve(folder);
  const parent = path.dirname(absolute);
  return (await stat(absolute).catch(() => undefined)) === undefined && parent !== absolute ? nearestExisting(parent) : absolute;
}

/**
 * Makes sure before anything is computed that a folder can be written to, or created.
 *
 * @param option that names the folder, for the message
 * @param mayWrite fails with the reason when a folder cannot be written to
 * @throws UsageError saying why not
 */
export async function requireWritable(
  option: string,
  folder: string,
  mayWrite = (existing: string): Promise<void> => access(existing, constants.W_OK | constants.X_OK),
): Promise<void> {
  const existing = await nearestExisting(folder);
  if (!(await stat(existing)).isDirectory()) throw new UsageError(`${option} ${folder}: ${existing} is a file, not a folder; name another`);
  try {
    await mayWrite(existing);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${option} ${folder} cannot be written: ${REASONS[code] ?? message}; name a folder elsewhere`);
  }
}

/** The path without symbolic links, as far as it exists. */
async function resolveLinks(folder: string): Promise<string> {
  const existing = await nearestExisting(folder);
  return path.join(await realpath(existing), path.relative(existing, path.resolve(folder)));
}

function holds(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return way === '' || (!path.isAbsolute(way) && way !== '..' && !way.startsWith(`..${path.sep}`));
}

/** Two folders that must not lie within each other. */
export interface FolderPair {
  /** Folder of the images. */
  readonly data: string;
  /** Folder that is written. */
  readonly out: string;
  /** Option that names `out`. */
  readonly option?: string;
  /** Whether `out` already holds a run, which is resumed where it is if that does no harm. */
  readonly resumes?: boolean;
  /** Whether files are only added to `out`, so that images may lie below it. */
  readonly onlyAdds?: boolean;
}

/**
 * Makes sure that images and results are kept apart: a run among the images would be taken for a domain.
 *
 * @throws UsageError naming both
 */
export async function requireApart({ data, out, option = '--out', resumes = false, onlyAdds = false }: FolderPair): Promise<void> {
  const [images, results] = await Promise.all([resolveLinks(data), resolveLinks(out)]);
  // Of a data set with train/, only that folder and val/ are read.
  const isSplit = (await stat(path.join(images, 'train')).catch(() => undefined))?.isDirectory() === true;
  const harmless =
    resumes && isSplit && images !== results && !['train', 'val', 'test'].some((part) => holds(path.join(images, part), results));
  if (holds(images, results) && !harmless) {
    const where = images === results ? 'is the folder of the images itself' : `lies among the images in ${data}`;
    throw new UsageError(`${option} ${out} ${where}, where it would be taken for a domain; name a folder beside them`);
  }
  if (!resumes && !onlyAdds && images !== results && holds(results, images)) {
    throw new UsageError(
      `--data ${data} lies inside ${option} ${out}, where results are written and removed; name a folder beside the images`,
    );
  }
}

/**
 * Makes sure that a folder of images exists, before anything slow begins.
 *
 * @throws UsageError when it is not
 */
export async function requireFolder(option: string, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) throw new UsageError(`${option} ${folder} does not exist; check the path`);
  if (!found.isDirectory()) throw new UsageError(`${option} ${folder} is not a folder; name the folder that holds the images`);
}
