import type { Dataset } from '@stargan/data';
import { compareWithKeptFingerprint as compareWithFile, type ComparedImages } from '@stargan/data/inspection';
import { runPaths } from './run-directory.js';

/** Compares the images of a training with the fingerprint in its run's folder, `data.json`. */
export const compareWithKeptFingerprint = (run: string, directory: string, dataset: Dataset, contents: boolean): Promise<ComparedImages> =>
  compareWithFile(runPaths(run).data, directory, dataset, { contents });
