import { trainDomainClassifier, type DomainClassifier, type LabelledImages } from '@stargan/metrics';
import type { EvaluationDomain, ImageFile, LoadImages } from './domain.js';

/** The classifier sees images of at most this size: telling shapes apart takes no more. */
const CLASSIFIER_SIZE = 64;
const LOADED_AT_ONCE = 64;

/** How to train the classifier of an evaluation. */
export interface OpenClassifierOptions {
  /** Reads the examples. */
  readonly loadImages: LoadImages;
  /** Number of updates. */
  readonly classifierSteps: number;
  /** Seed of weights, batches and disturbances. */
  readonly seed: number;
  /** Prints a line that says what is being done. */
  readonly say: (line: string) => void;
  /** Aborting it ends the training. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains the classifier of an evaluation on real images; the caller disposes of it.
 *
 * @param domains their examples are learnt
 * @param imageSize the model's; the classifier sees images of at most 64²
 * @param options steps and seed; who is told, and what stops it
 * @returns undefined when `signal` was aborted
 */
export async function openClassifier(
  domains: readonly EvaluationDomain[],
  imageSize: number,
  { loadImages, classifierSteps: steps, seed, say, signal }: OpenClassifierOptions,
): Promise<DomainClassifier | undefined> {
  say(`training the classifier that tells domains, ${steps} steps`);
  const size = Math.min(imageSize, CLASSIFIER_SIZE);
  const images = await loadLabelled(
    label(domains, ({ examples }) => examples),
    size,
    loadImages,
  );
  return trainDomainClassifier(images, { domains: domains.length, seed, steps, signal });
}

/** The share of real held-out images whose domain the classifier recognises. */
export async function accuracyOnReals(
  domains: readonly EvaluationDomain[],
  classifier: DomainClassifier,
  loadImages: LoadImages,
): Promise<number> {
  const images = label(domains, ({ references }) => references);
  let hits = 0;
  for (let start = 0; start < images.length; start += LOADED_AT_ONCE) {
    const some = await loadLabelled(images.slice(start, start + LOADED_AT_ONCE), classifier.size, loadImages);
    hits += classifier.classify(some).filter((domain, i) => domain === some.domains[i]).length;
  }
  return hits / images.length;
}

interface LabelledFile extends ImageFile {
  readonly domain: number;
}

const label = (domains: readonly EvaluationDomain[], files: (domain: EvaluationDomain) => readonly ImageFile[]): LabelledFile[] =>
  domains.flatMap((one, domain) => files(one).map((file) => ({ ...file, domain })));

async function loadLabelled(images: readonly LabelledFile[], size: number, loadImages: LoadImages): Promise<LabelledImages> {
  const files = images.map(({ file }) => file);
  return { size, data: await loadImages(files, size), domains: images.map(({ domain }) => domain) };
}
