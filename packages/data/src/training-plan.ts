import { permutation, randomStream } from '@stargan/random';
import type { ImageFolders } from './image-folders.js';
import { requireWhole } from './requirements.js';

/** One drawn image and where its augmentation comes from. */
export interface PlannedImage {
  /** Label of the image's domain. */
  readonly domain: number;
  /** Path of the image. */
  readonly file: string;
  /** Name of the random stream that its augmentation is drawn from. */
  readonly stream: string;
}

/** Which images an iteration trains on. */
export interface TrainingPlan {
  /** The iteration, from 0. */
  readonly iteration: number;
  /** Images to translate. */
  readonly source: readonly PlannedImage[];
  /** Two images of one domain each. */
  readonly reference: readonly { readonly first: PlannedImage; readonly second: PlannedImage }[];
}

/** Options of {@link planTrainingBatch}. */
export interface TrainingPlanOptions {
  /** Seed of all draws. */
  seed: number;
  /** The iteration, from 0. */
  iteration: number;
  /** Number of source images, and of reference pairs. */
  batch: number;
}

/**
 * Chooses the images of one iteration. A pure function of its arguments, random numbers included (`randomStream` of
 * `@stargan/random` takes a seed, the name of a stream and the iteration), so that a training continues at any iteration.
 *
 * @returns as many source images and reference pairs as the batch, of these folders; every place names a stream of its own,
 *   which its augmentation is drawn from
 */
export type TrainingSampler = (folders: ImageFolders, options: TrainingPlanOptions) => TrainingPlan;

/**
 * Draws the images of one iteration: a pure function of its arguments, so a run continues at any iteration.
 *
 * As in the reference, source images and reference pairs are drawn with replacement, each domain equally likely, then
 * each image (or pair) of the domain; the pairs of a domain are its images beside the same images in another order,
 * which is fixed by the seed.
 *
 * @param folders the images to draw from, one or more in each domain
 * @param options seed, iteration and number of images
 * @throws RangeError when batch, seed or iteration are out of range
 */
export function planTrainingBatch(folders: ImageFolders, options: TrainingPlanOptions): TrainingPlan {
  const { seed, iteration, batch } = options;
  requireWhole('planTrainingBatch', 'batch', batch, 1);
  const { domains } = folders;
  const partners = pairPartners(folders, seed);

  const sourceDraws = randomStream(seed, 'data/source', iteration);
  const source = Array.from({ length: batch }, (_, slot) => {
    const domain = sourceDraws.integer(domains.length);
    const { files } = domains[domain]!;
    return { domain, file: files[sourceDraws.integer(files.length)]!, stream: `data/source/${slot}` };
  });

  const referenceDraws = randomStream(seed, 'data/reference', iteration);
  const reference = Array.from({ length: batch }, (_, slot) => {
    const domain = referenceDraws.integer(domains.length);
    const { files } = domains[domain]!;
    const index = referenceDraws.integer(files.length);
    const partner = partners[domain]![index]!;
    return {
      first: { domain, file: files[index]!, stream: `data/reference/${slot}/first` },
      second: { domain, file: files[partner]!, stream: `data/reference/${slot}/second` },
    };
  });
  return { iteration, source, reference };
}

/** Kept because a shuffle of all images for every iteration would cost more than the draws. */
const knownPartners = new WeakMap<ImageFolders, { seed: number; partners: number[][] }>();

/** For each domain, the index of each image's partner. */
function pairPartners(folders: ImageFolders, seed: number): number[][] {
  const known = knownPartners.get(folders);
  if (known?.seed === seed) return known.partners;
  const partners = folders.domains.map(({ name, files }) => permutation(files.length, randomStream(seed, `data/pairs/${name}`)));
  knownPartners.set(folders, { seed, partners });
  return partners;
}
