import type { Dataset } from '@stargan/data';
import { compareWithKeptFingerprint as compareWithFile, type ComparedImages } from '@stargan/data/inspection';
import { runPaths } from './run-directory.js';

/**
 * Compares the images of a training with the fingerprint in its run's folder, `data.json`.
 *
 * @param run folder of the run
 * @param directory folder of the images
 * @param dataset the images as they were opened
 * @param contents whether the bytes of every file are compared, not names and sizes alone
 */
export const compareWithKeptFingerprint = (run: string, directory: string, dataset: Dataset, contents: boolean): Promise<ComparedImages> =>
  compareWithFile(runPaths(run).data, directory, dataset, { contents });
