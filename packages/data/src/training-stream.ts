// Loaded here too because sharp's shared libraries must outlive the workers that use them, so this thread needs them first.
import 'sharp';
import { BrokenImagesError, findTooManyBroken } from './corrupt-limit.js';
import { defaultMaxPixels } from './decode-image.js';
import { ImageFileError } from './image-file-error.js';
import type { ImageFolders } from './image-folders.js';
import { requireProbability, requireWhole } from './requirements.js';
import type { NotedImage, OnCorrupt, SkippedImage, TrainingBatch } from './training-batch.js';
import { planTrainingBatch, type TrainingPlan, type TrainingSampler } from './training-plan.js';
import type { TrainingWorkerAnswer, TrainingWorkerData } from './training-worker.js';
import { workerPool } from './worker-pool.js';

/** Options of {@link createTrainingStream}. */
export interface TrainingStreamOptions {
  /** S, sides of the images in pixels. */
  imageSize: number;
  /** B, number of source images and of reference pairs. */
  batch: number;
  /** Seed of all draws. */
  seed: number;
  /** Probability of a random crop instead of the whole image. Default 0.5. */
  cropProbability?: number | undefined;
  /** Iteration of the first batch. Default 0. */
  startIteration?: number | undefined;
  /** Chooses the images of each iteration, in this thread. Default {@link planTrainingBatch}, the reference's. */
  sampler?: TrainingSampler | undefined;
  /** Batches prepared ahead of the one that was asked for. Default 3. */
  prefetch?: number | undefined;
  /** Worker threads. Each decodes several images at a time, so that one often suffices. Default 1. */
  workers?: number | undefined;
  /** Bytes of decoded images kept, all workers together; a data set that fits is decoded once per worker. Default 256 MiB. */
  cacheBytes?: number | undefined;
  /** Largest number of pixels of an image. Default 100,000,000. */
  maxPixels?: number | undefined;
  /**
   * What to do about an unusable image: `replace` takes another of its domain, until `corruptLimit` is exceeded; `skip`
   * does so without a limit; `refuse` stops. Default `replace`.
   */
  onCorrupt?: OnCorrupt | undefined;
  /** With `replace`, the share of a domain's images that may be unusable; one may be in any case. Default 0.1. */
  corruptLimit?: number | undefined;
}

/** What a {@link TrainingStream} has done so far. */
export interface TrainingStreamStatistics {
  /** Seconds that `next` has waited for batches, all together. */
  readonly waitSeconds: number;
  /** Files decoded; images found in the cache do not count. */
  readonly decodedImages: number;
  /** Unusable images that were left out, each once. */
  readonly skipped: readonly SkippedImage[];
  /** Images that are used though something is odd about them, each once. */
  readonly noted: readonly NotedImage[];
  /** How often a worker ended and was started again. */
  readonly restartedWorkers: number;
}

/** A worker that ends, for want of memory say, is started again; a fault in every one of them is met at once. */
const maxRestarts = 3;

/** Milliseconds, the most that a timer takes. */
const longestTimer = 2 ** 31 - 1;

/** Batches for one iteration after another, prepared ahead in worker threads. */
export interface TrainingStream {
  /**
   * The batch of the next iteration. After a failure every further call fails alike: no iteration is left out silently.
   * @throws ImageFileError when an image cannot be used and none may or can stand in for it
   * @throws BrokenImagesError when more of a domain's images are unusable than `corruptLimit` allows
   * @throws Error when workers have ended too often or the stream is closed
   */
  next(): Promise<TrainingBatch>;
  /** What was done so far; can be asked for at any time. */
  statistics(): TrainingStreamStatistics;
  /** Ends the workers. Batches that were not fetched are lost, which costs nothing: they can be drawn again. */
  close(): Promise<void>;
}

/**
 * Draws, decodes, augments and resizes training images off the main thread.
 *
 * The batch of an iteration depends on the folders, the seed, the batch size and the iteration only, not on the number
 * of workers, `prefetch` or the iterations before; see `planTrainingBatch`, in whose place another sampler may be given. What stands in for an unusable image is drawn
 * from a stream of the place that it was drawn for, so it is the same again. A worker that ends is started again. The workers go on while this thread is busy.
 * At most `prefetch` + 1 batches are in memory. A forgotten stream does not keep Node running.
 *
 * @param folders the training images, as `openImageFolders` finds them
 * @param options size and number of images, seed, augmentation; how far and with how many threads to work ahead
 * @throws RangeError when an option is out of range
 */
export function createTrainingStream(folders: ImageFolders, options: TrainingStreamOptions): TrainingStream {
  const { prefetch, workers, cacheBytes, startIteration, corruptLimit, sampler, batch, ...settings } = withDefaults(options);
  const { directory, domains } = folders;
  const workerData: TrainingWorkerData = { ...settings, folders: { directory, domains }, cacheBytes: Math.floor(cacheBytes / workers) };
  const file = new URL('../dist/training-worker.js', import.meta.url);
  const pool = workerPool<TrainingPlan, TrainingWorkerAnswer>({ file, workerData, workers, maxRestarts });
  const ahead: Promise<TrainingWorkerAnswer>[] = [];
  const decodedImages = Array.from({ length: workers }, () => 0);
  const skipped = new Map<string, SkippedImage>();
  const noted = new Map<string, NotedImage>();
  let asked = startIteration;
  let given = startIteration;
  let waitSeconds = 0;
  let failure: Error | undefined;

  function choose(iteration: number): TrainingPlan {
    const plan = sampler(folders, { seed: settings.seed, iteration, batch });
    const { source, reference } = plan;
    if (plan.iteration !== iteration || source.length !== batch || reference.length !== batch) {
      throw new Error(
        `sampler must give ${batch} source images and reference pairs for iteration ${iteration}, got ${source.length} and ${reference.length} for ${plan.iteration}`,
      );
    }
    return plan;
  }

  async function prepare(worker: number, iteration: number): Promise<TrainingWorkerAnswer> {
    return pool.ask(worker, choose(iteration));
  }

  function workAhead(): void {
    while (asked < given + prefetch) {
      const worker = asked % workers;
      const answer = prepare(worker, asked++).then((received) => {
        decodedImages[worker] = received.decodedImages;
        for (const image of received.skipped) skipped.set(image.file, image);
        for (const image of received.noted) noted.set(image.file, image);
        return received;
      });
      // Whoever fetches the batch meets the failure; until then it must not count as unhandled.
      answer.catch(() => undefined);
      ahead.push(answer);
    }
  }

  let counted = 0;
  function requireFewBroken(): void {
    if (settings.onCorrupt !== 'replace' || skipped.size === counted) return;
    counted = skipped.size;
    const excess = findTooManyBroken(folders, [...skipped.values()], corruptLimit);
    if (excess !== undefined) throw excess;
  }

  async function receive(answer: Promise<TrainingWorkerAnswer>, iteration: number): Promise<TrainingBatch> {
    const start = performance.now();
    // Between calls a worker does not keep Node running.
    const alive = setInterval(() => undefined, longestTimer);
    try {
      const { result } = await answer;
      if (failure !== undefined) throw failure;
      if (!('source' in result)) throw new ImageFileError(result.file, result.reason, result.remedy, result.problem);
      requireFewBroken();
      return result;
    } catch (error) {
      failure ??= failureOf(error, iteration);
      throw failure;
    } finally {
      clearInterval(alive);
      waitSeconds += (performance.now() - start) / 1000;
    }
  }

  workAhead();
  return {
    async next() {
      if (failure !== undefined) throw failure;
      const iteration = given++;
      workAhead();
      return receive(ahead.shift()!, iteration);
    },
    statistics: () => ({
      waitSeconds,
      decodedImages: decodedImages.reduce((sum, count) => sum + count, 0),
      skipped: [...skipped.values()],
      noted: [...noted.values()],
      restartedWorkers: pool.restarts(),
    }),
    async close() {
      failure ??= new Error('createTrainingStream: the stream is closed; create another one');
      await pool.close();
    },
  };
}

function withDefaults(options: TrainingStreamOptions): Required<TrainingStreamOptions> {
  const { imageSize, batch, seed, startIteration = 0, prefetch = 3, workers = 1 } = options;
  const { cropProbability = 0.5, cacheBytes = 256 * 2 ** 20, maxPixels = defaultMaxPixels } = options;
  const { onCorrupt = 'replace', corruptLimit = 0.1, sampler = planTrainingBatch } = options;
  const where = 'createTrainingStream';
  for (const [name, value] of Object.entries({ imageSize, batch, workers, maxPixels })) requireWhole(where, name, value, 1);
  for (const [name, value] of Object.entries({ seed, startIteration, prefetch, cacheBytes })) requireWhole(where, name, value, 0);
  requireProbability(where, 'cropProbability', cropProbability);
  requireProbability(where, 'corruptLimit', corruptLimit);
  return {
    imageSize,
    batch,
    seed,
    startIteration,
    sampler,
    prefetch,
    workers,
    cropProbability,
    cacheBytes,
    maxPixels,
    onCorrupt,
    corruptLimit,
  };
}

function failureOf(error: unknown, iteration: number): Error {
  if (error instanceof ImageFileError || error instanceof BrokenImagesError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`createTrainingStream: iteration ${iteration} could not be prepared: ${message}; create another stream`, {
    cause: error,
  });
}
