import { workerData } from 'node:worker_threads';
import { imageCache } from './image-cache.js';
import { ImageFileError } from './image-file-error.js';
import type { ImageFolders } from './image-folders.js';
import {
  batchPreparation,
  skippedImage,
  type NotedImage,
  type SkippedImage,
  type TrainingBatch,
  type TrainingBatchSettings,
} from './training-batch.js';
import { planTrainingBatch } from './training-plan.js';
import { answerRequests } from './worker-answers.js';

/** What a worker is started with. */
export interface TrainingWorkerData extends TrainingBatchSettings {
  readonly folders: ImageFolders;
  readonly batch: number;
  readonly cacheBytes: number;
  readonly maxPixels: number;
}

/** What a worker answers to the number of an iteration. */
export interface TrainingWorkerAnswer {
  readonly result: TrainingBatch | SkippedImage;
  /** Since the worker's start. */
  readonly decodedImages: number;
  /** Since the worker's start. */
  readonly skipped: SkippedImage[];
  /** Since the worker's start. */
  readonly noted: NotedImage[];
}

const { folders, batch, cacheBytes, maxPixels, ...settings } = workerData as TrainingWorkerData;
const cache = imageCache(cacheBytes, { maxPixels });
const preparation = batchPreparation(folders, settings, cache);

answerRequests<number, TrainingWorkerAnswer>(async (iteration) => {
  const result = await resultOf(iteration);
  const answer = { result, decodedImages: cache.decodedImages(), skipped: preparation.skipped(), noted: preparation.noted() };
  if (!('source' in result)) return { answer };
  const { source, reference } = result;
  const transfer = [source.images, reference.images, reference.images2].map(({ buffer }) => buffer as ArrayBuffer);
  return { answer, transfer };
});

async function resultOf(iteration: number): Promise<TrainingWorkerAnswer['result']> {
  try {
    return await preparation.prepare(planTrainingBatch(folders, { seed: settings.seed, iteration, batch }));
  } catch (error) {
    // Only plain data survives the way to the other thread; anything unexpected ends the worker, which is noticed there.
    if (error instanceof ImageFileError) return skippedImage(error.file, error);
    throw error;
  }
}
