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
import type { TrainingPlan } from './training-plan.js';
import { answerRequests } from './worker-answers.js';

/** What a worker is started with. */
export interface TrainingWorkerData extends TrainingBatchSettings {
  readonly folders: ImageFolders;
  readonly cacheBytes: number;
  readonly maxPixels: number;
}

/** What a worker answers to the images that were chosen for an iteration. */
export interface TrainingWorkerAnswer {
  readonly result: TrainingBatch | SkippedImage;
  /** Since the worker's start. */
  readonly decodedImages: number;
  /** Since the worker's start. */
  readonly skipped: SkippedImage[];
  /** Since the worker's start. */
  readonly noted: NotedImage[];
}

const { folders, cacheBytes, maxPixels, ...settings } = workerData as TrainingWorkerData;
const cache = imageCache(cacheBytes, { maxPixels });
const preparation = batchPreparation(folders, settings, cache);

answerRequests<TrainingPlan, TrainingWorkerAnswer>(async (plan) => {
  const result = await resultOf(plan);
  const answer = { result, decodedImages: cache.decodedImages(), skipped: preparation.skipped(), noted: preparation.noted() };
  if (!('source' in result)) return { answer };
  const { source, reference } = result;
  const transfer = [source.images, reference.images, reference.images2].map(({ buffer }) => buffer as ArrayBuffer);
  return { answer, transfer };
});

async function resultOf(plan: TrainingPlan): Promise<TrainingWorkerAnswer['result']> {
  try {
    return await preparation.prepare(plan);
  } catch (error) {
    // Only plain data survives the way to the other thread; anything unexpected ends the worker, which is noticed there.
    if (error instanceof ImageFileError) return skippedImage(error.file, error);
    throw error;
  }
}
