import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { pathBytes, printablePath } from '../path-names.js';
import type { PreparationSource } from './source-image.js';

/** @throws Error where writing could touch the source, or reading find what was written */
export async function requireOutside({ location, images }: PreparationSource, out: string): Promise<void> {
  const [real, target] = [await realPath(location), await realPath(out)];
  const clash = holds(real, target)
    ? real
    : holds(target, real)
      ? real
      : images.find(({ file }) => file !== undefined && holds(target, file))?.file;
  if (clash === undefined) return;
  throw new Error(
    `prepareDataset: the source ${printablePath(clash)} and ${printablePath(out)} lie in each other; name a folder beside the source`,
  );
}

/** Without links, as far as it exists. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(pathBytes(path));
  } catch {
    return dirname(path) === path ? path : join(await realPath(dirname(path)), relative(dirname(path), path));
  }
}

function holds(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}
