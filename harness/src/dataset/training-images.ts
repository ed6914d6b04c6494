import {
  BrokenImagesError,
  createTrainingStream,
  ImageFileError,
  printablePath,
  type ImageFolders,
  type NotedImage,
  type SkippedImage,
  type TrainingSampler,
  type TrainingStream,
} from '@stargan/data';
import { imagesPerIteration } from '@stargan/training';
import type { Config } from '@stargan/run';
import { LIMIT_REMEDY, REPLACE_REMEDY } from './check-training-images.js';

/**
 * The images of a training from an iteration on; errors carry the remedies of the command line.
 *
 * @param sampler chooses them; the reference's by default
 */
export function openTrainingImages(
  folders: ImageFolders,
  config: Config,
  startIteration: number,
  sampler?: TrainingSampler,
): TrainingStream {
  const { imageSize, seed, cropProbability, onCorrupt, corruptLimit } = config;
  const stream = createTrainingStream(folders, {
    imageSize,
    batch: imagesPerIteration(config),
    seed,
    cropProbability,
    onCorrupt,
    corruptLimit,
    startIteration,
    sampler,
  });
  return {
    ...stream,
    next: () =>
      stream.next().catch((error: unknown) => {
        throw withCommandLineRemedy(error);
      }),
  };
}

/** The same error with the remedy of the command line. */
export function withCommandLineRemedy(error: unknown): unknown {
  if (error instanceof BrokenImagesError) return new BrokenImagesError(error.domain, error.images, error.limit, error.broken, LIMIT_REMEDY);
  if (!(error instanceof ImageFileError)) return error;
  return new ImageFileError(
    error.file,
    error.reason,
    error.remedy.replace(/(, or set onCorrupt: .*)?$/, `, or ${REPLACE_REMEDY}`),
    error.problem,
  );
}

/** Says that an image is left out, why, and what to do about it. */
export function describeLeftOut({ file, reason, remedy }: Pick<SkippedImage, 'file' | 'reason' | 'remedy'>): string {
  return `left out ${printablePath(file)}: ${reason}; ${remedy}`;
}

/** Says what is unusual about an image that is used. */
export function describeNoted({ file, notes }: NotedImage): string {
  return `note: ${printablePath(file)}: ${notes.join('; ')}`;
}
