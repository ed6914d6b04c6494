import { stat } from 'node:fs/promises';
import { openDataset, type Dataset } from '@stargan/data';
import type { RunRecord } from '@stargan/run';
import { UsageError } from '../usage-error.js';
import { requireFolder } from './folders.js';

/**
 * Folder of the images that a run is used with: the given one, or that of those it was trained on.
 *
 * @param data value of `--data`, where it was given
 * @throws UsageError where the run was imported, and was given none
 */
export function imagesFolder(record: Pick<RunRecord, 'data'>, data: string | undefined): string {
  const folder = data ?? record.data;
  if (folder === '') throw new UsageError('the run was imported and knows no images; name their folder with --data');
  return folder;
}

/**
 * Opens the images that a run is used with: the given ones, or those it was trained on.
 *
 * @param data value of `--data`, where it was given
 * @throws UsageError when the folder does not exist
 */
export async function openRunDataset(record: Pick<RunRecord, 'data'>, data: string | undefined): Promise<Dataset> {
  const folder = imagesFolder(record, data);
  if (data === undefined && (await stat(folder).catch(() => undefined)) === undefined)
    throw new UsageError(`the images that the run was trained on, ${folder}, no longer exist; name their folder with --data`);
  await requireFolder('--data', folder);
  return openDataset(folder);
}

/** @throws UsageError when the images are of other domains than the run was trained on */
export function requireDomains(given: readonly string[], trained: readonly string[]): void {
  if (given.join('/') === trained.join('/')) return;
  const missing = trained.filter((name) => !given.includes(name));
  const added = given.filter((name) => !trained.includes(name));
  const list = (names: readonly string[]): string =>
    names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
  const remedy = [
    ...(added.length > 0 ? [`move ${list(added)} out of the folder`] : []),
    ...(missing.length > 0 ? [`add ${list(missing)}`] : []),
    'or name another folder with --data',
  ].join(', ');
  throw new UsageError(`the run was trained on the domains ${list(trained)}; the images have ${list(given)}: ${remedy}`);
}
