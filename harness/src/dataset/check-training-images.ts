import { printablePath, type Dataset } from '@stargan/data';
import { checkDataset, type DatasetCheck } from '@stargan/data/inspection';
import type { Config } from '@stargan/run';

/** What to do about broken images, on the command line. */
export const REPLACE_REMEDY = 'train without it: --set onCorrupt=replace';
export const LIMIT_REMEDY = 'raise the limit: --set corruptLimit=SHARE';

/**
 * Looks for broken images before a training begins.
 *
 * @param log prints a line
 * @throws as `checkDataset` does, with the remedies of the command line
 */
export function checkTrainingImages(
  dataset: Dataset,
  { onCorrupt, corruptLimit, checkImages: check }: Pick<Config, 'onCorrupt' | 'corruptLimit' | 'checkImages'>,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  const list = `stargan dataset inspect ${printablePath(dataset.directory ?? dataset.train.directory)} lists all`;
  const remedies = { replace: REPLACE_REMEDY, limit: LIMIT_REMEDY, list };
  return checkDataset(dataset, { check, onCorrupt, corruptLimit, log, signal, remedies });
}
