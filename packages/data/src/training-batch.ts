import { permutation, randomStream } from '@stargan/random';
import { sampleAugmentation } from './augmentation.js';
import type { ImageCache } from './image-cache.js';
import { ImageFileError, type ImageFileProblem } from './image-file-error.js';
import type { ImageFolders } from './image-folders.js';
import type { RgbImage } from '@stargan/resizing';
import { decodingsAtOnce } from './load-images.js';
import { mapConcurrently } from './map-concurrently.js';
import { pixelsToFloats } from '@stargan/resizing';
import { resizeBilinear } from '@stargan/resizing';
import type { PlannedImage, TrainingPlan } from './training-plan.js';

/** What one training iteration needs. B is the batch, S the image size. */
export interface TrainingBatch {
  /** Iteration that it is for, from 0. */
  readonly iteration: number;
  /** Images to translate, and the label of each one's domain. */
  readonly source: {
    /** [B, S, S, 3] in [-1, 1] */
    readonly images: Float32Array;
    /** B labels */
    readonly domains: number[];
  };
  /** Pairs of images of one domain, and its label: as a rule the target domain of the source image at the same place. */
  readonly reference: {
    /** [B, S, S, 3] in [-1, 1] */
    readonly images: Float32Array;
    /** [B, S, S, 3] in [-1, 1]: other images of the same domains */
    readonly images2: Float32Array;
    /** B labels */
    readonly domains: number[];
  };
}

/**
 * What to do about an unusable image (broken, vanished, without permission): `replace` takes another one of its domain
 * until too many are unusable, `skip` does so whatever their number, `refuse` stops.
 */
export type OnCorrupt = 'replace' | 'skip' | 'refuse';

/** An image that was left out. */
export interface SkippedImage {
  /** Its path. */
  readonly file: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** The kind of fault. */
  readonly problem: ImageFileProblem;
  /** What to do about it. */
  readonly remedy: string;
}

/** An image that was used, with what is odd about it. */
export interface NotedImage {
  /** Its path. */
  readonly file: string;
  /** What is odd: that it comes out all but black, say. */
  readonly notes: readonly string[];
}

/** What is said of an image that cannot be used. */
export function skippedImage(file: string, { reason, problem, remedy }: ImageFileError): SkippedImage {
  return { file, reason, problem, remedy };
}

export interface TrainingBatchSettings {
  readonly imageSize: number;
  readonly seed: number;
  readonly cropProbability: number;
  readonly onCorrupt: OnCorrupt;
}

/** Loads, augments and resizes planned images, and remembers which ones could not be used. */
export interface BatchPreparation {
  /** @throws ImageFileError when an image cannot be used and no other may or can stand in for it */
  prepare(plan: TrainingPlan): Promise<TrainingBatch>;
  /** Images left out so far, each once. */
  skipped(): SkippedImage[];
  /** Images with notes so far, each once. */
  noted(): NotedImage[];
}

export function batchPreparation(folders: ImageFolders, settings: TrainingBatchSettings, cache: ImageCache): BatchPreparation {
  const { imageSize, seed, cropProbability, onCorrupt } = settings;
  const skipped = new Map<string, SkippedImage>();
  const noted = new Map<string, NotedImage>();

  async function usableImage(planned: PlannedImage, iteration: number): Promise<RgbImage> {
    const image = await load(planned.file);
    if (image !== undefined) return image;
    const { name, files } = folders.domains[planned.domain]!;
    // Drawn without replacement, so that the search ends, and from the place's own stream, so that it can be repeated.
    for (const index of permutation(files.length, randomStream(seed, `${planned.stream}/instead`, iteration))) {
      const instead = await load(files[index]!);
      if (instead !== undefined) return instead;
    }
    throw new ImageFileError(planned.file, `no image of the domain "${name}" can be used`, 'replace its files');
  }

  async function load(file: string): Promise<RgbImage | undefined> {
    if (skipped.has(file)) return undefined;
    try {
      const image = await cache.load(file);
      if (image.notes !== undefined) noted.set(file, { file, notes: image.notes });
      return image;
    } catch (error) {
      if (!(error instanceof ImageFileError)) throw error;
      if (onCorrupt === 'refuse') {
        throw new ImageFileError(file, error.reason, `${error.remedy}, or set onCorrupt: 'replace' to train without it`, error.problem);
      }
      skipped.set(file, skippedImage(file, error));
      return undefined;
    }
  }

  return {
    async prepare({ iteration, source, reference }) {
      const places = [...source, ...reference.map(({ first }) => first), ...reference.map(({ second }) => second)];
      const values = imageSize * imageSize * 3;
      const arrays = [source, reference, reference].map(({ length }) => new Float32Array(length * values));
      const batch = source.length;
      await mapConcurrently(places, decodingsAtOnce, async (planned, place) => {
        const image = await usableImage(planned, iteration);
        const random = randomStream(seed, planned.stream, iteration);
        const { box, flip } = sampleAugmentation(image.width, image.height, random, { cropProbability });
        const resized = resizeBilinear(image, imageSize, imageSize, box);
        pixelsToFloats(resized, { flip, target: arrays[Math.floor(place / batch)]!, offset: (place % batch) * values });
      });
      return {
        iteration,
        source: { images: arrays[0]!, domains: source.map(({ domain }) => domain) },
        reference: { images: arrays[1]!, images2: arrays[2]!, domains: reference.map(({ first }) => first.domain) },
      };
    },
    skipped: () => [...skipped.values()],
    noted: () => [...noted.values()],
  };
}
