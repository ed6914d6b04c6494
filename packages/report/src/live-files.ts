import { realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * The real path of a file below a folder, wherever symbolic links lead.
 *
 * @param folder outside of which nothing is served
 * @param file path of the file, relative to the folder
 * @returns undefined when there is no such file, or it lies outside
 */
export async function findInside(folder: string, file: string): Promise<string | undefined> {
  try {
    const [root, found] = await Promise.all([realpath(folder), realpath(path.join(folder, file))]);
    const way = path.relative(root, found);
    return way === '' || path.isAbsolute(way) || way.split(path.sep)[0] === '..' ? undefined : found;
  } catch {
    return undefined;
  }
}
