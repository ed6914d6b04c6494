import { trainDomainClassifier, type DomainClassifier, type LabelledImages } from '@stargan/metrics';
import type { Compile } from '@stargan/ops';
import type { EvaluationDomain, ImageFile, LoadImages } from './domain.js';

/** The classifier sees images of at most this size: telling shapes apart takes no more. */
const CLASSIFIER_SIZE = 64;
const LOADED_AT_ONCE = 64;

/** How to train the classifier of an evaluation. */
export interface OpenClassifierOptions {
  /** Reads images. */
  readonly load: LoadImages;
  /** Number of updates. */
  readonly classifierSteps: number;
  /** Seed of weights, batches and disturbances. */
  readonly seed: number;
  /** Prints a line that says what is being done. */
  readonly log: (line: string) => void;
  /** Makes updates faster, such as `(f) => capture(f)` with `capture` of `@stargan/backend`; the classifier is the same. */
  readonly compile?: Compile | undefined;
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
  { load, classifierSteps: steps, seed, log, compile, signal }: OpenClassifierOptions,
): Promise<DomainClassifier | undefined> {
  log(`training the classifier that tells domains, ${steps} steps`);
  const size = Math.min(imageSize, CLASSIFIER_SIZE);
  const images = await loadLabelled(
    load,
    label(domains, ({ examples }) => examples),
    size,
  );
  return trainDomainClassifier(images, { domains: domains.length, seed, steps, compile, signal });
}

/**
 * The share of real held-out images whose domain the classifier recognises.
 *
 * @param domains their `references` are classified, each with its domain's position as the label
 * @param classifier trained on the same domains in the same order; it stays the caller's
 * @param load reads the images at the classifier's size
 * @returns in [0, 1]
 */
export async function accuracyOnReals(
  domains: readonly EvaluationDomain[],
  classifier: DomainClassifier,
  load: LoadImages,
): Promise<number> {
  const images = label(domains, ({ references }) => references);
  let hits = 0;
  for (let start = 0; start < images.length; start += LOADED_AT_ONCE) {
    const some = await loadLabelled(load, images.slice(start, start + LOADED_AT_ONCE), classifier.size);
    hits += classifier.classify(some).filter((domain, i) => domain === some.domains[i]).length;
  }
  return hits / images.length;
}

interface LabelledFile extends ImageFile {
  readonly domain: number;
}

const label = (domains: readonly EvaluationDomain[], files: (domain: EvaluationDomain) => readonly ImageFile[]): LabelledFile[] =>
  domains.flatMap((one, domain) => files(one).map((file) => ({ ...file, domain })));

async function loadLabelled(load: LoadImages, images: readonly LabelledFile[], size: number): Promise<LabelledImages> {
  const files = images.map(({ file }) => file);
  return { size, data: await load(files, size), domains: images.map(({ domain }) => domain) };
}
