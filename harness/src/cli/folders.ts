import { stat } from 'node:fs/promises';
import path from 'node:path';
import { holds, resolveLinks } from '@stargan/command-line';
import { UsageError } from '../usage-error.js';

export { requireFolder, requireWritable } from '@stargan/command-line';

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
