import { loadImages } from '@stargan/data';
import { trainDomainClassifier, type DomainClassifier, type LabelledImages } from '@stargan/metrics';
import type { EvaluationData, EvaluationDomain } from './evaluation-data.js';
import type { HashedFile } from './hashed-files.js';
import type { EvaluationOptions } from './options.js';

/** The classifier sees images of at most this size: shapes of domains do not need more. */
const CLASSIFIER_SIZE = 64;
const LOADED_AT_ONCE = 64;

/** How to train the classifier of an evaluation. */
export interface OpenClassifierOptions extends Pick<EvaluationOptions, 'classifierSteps' | 'seed'> {
  /** Prints a line that says what is being done. */
  readonly say: (line: string) => void;
  /** Aborting it ends the training. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains the classifier of an evaluation on real images; the caller disposes of it.
 *
 * @returns undefined when `signal` was aborted
 */
export async function openClassifier(
  { domains }: Pick<EvaluationData, 'domains'>,
  imageSize: number,
  { classifierSteps: steps, seed, say, signal }: OpenClassifierOptions,
): Promise<DomainClassifier | undefined> {
  say(`training the classifier that tells domains, ${steps} steps`);
  const size = Math.min(imageSize, CLASSIFIER_SIZE);
  const images = await loadLabelled(
    label(domains, ({ examples }) => examples),
    size,
  );
  return trainDomainClassifier(images, { domains: domains.length, seed, steps, signal });
}

/** The share of real held-out images whose domain the classifier recognises. */
export async function accuracyOnReals({ domains }: Pick<EvaluationData, 'domains'>, classifier: DomainClassifier): Promise<number> {
  const images = label(domains, ({ references }) => references);
  let hits = 0;
  for (let start = 0; start < images.length; start += LOADED_AT_ONCE) {
    const some = await loadLabelled(images.slice(start, start + LOADED_AT_ONCE), classifier.size);
    hits += classifier.classify(some).filter((domain, i) => domain === some.domains[i]).length;
  }
  return hits / images.length;
}

interface LabelledFile extends HashedFile {
  readonly domain: number;
}

const label = (domains: readonly EvaluationDomain[], files: (domain: EvaluationDomain) => readonly HashedFile[]): LabelledFile[] =>
  domains.flatMap((one, domain) => files(one).map((file) => ({ ...file, domain })));

async function loadLabelled(images: readonly LabelledFile[], size: number): Promise<LabelledImages> {
  const files = images.map(({ file }) => file);
  return { size, data: await loadImages(files, size), domains: images.map(({ domain }) => domain) };
}
