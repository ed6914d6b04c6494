import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './usage-error.js';

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
 * @param folder that need not exist yet
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

/**
 * The path without symbolic links, as far as it exists.
 *
 * @param folder that may or may not exist
 * @returns an absolute path
 */
export async function resolveLinks(folder: string): Promise<string> {
  const existing = await nearestExisting(folder);
  return path.join(await realpath(existing), path.relative(existing, path.resolve(folder)));
}

/**
 * Whether a folder is another one or holds it, at any depth.
 *
 * @param outer absolute path without links, as {@link resolveLinks} gives it
 * @param inner the same for the folder that may lie within
 */
export function holds(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return way === '' || (!path.isAbsolute(way) && way !== '..' && !way.startsWith(`..${path.sep}`));
}

/**
 * Makes sure that a folder exists, before anything slow begins.
 *
 * @param option that names the folder, for the message
 * @param folder that must exist
 * @throws UsageError when it is not
 */
export async function requireFolder(option: string, folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) throw new UsageError(`${option} ${folder} does not exist; check the path`);
  if (!found.isDirectory()) throw new UsageError(`${option} ${folder} is not a folder; name the folder that holds the images`);
}
