import { clone } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { meanPixelDistance, metricTable, type DomainClassifier, type Scores, type TranslationScores } from '@stargan/metrics';
import { latentStyles } from '../sampling/grids.js';
import { encodeStyles, type Sampler } from '../sampling/translate.js';
import { accuracyOnReals } from './classifier.js';
import type { EvaluationDomain, LoadImages } from './domain.js';
import { collectScores, evaluateTask } from './evaluate-task.js';
import { listTasks, type Guidance } from './tasks.js';

/** How translations with one kind of guidance did. */
export interface GuidedNumbers {
  /** Share of translations that the classifier takes for their target domain. */
  domainAccuracy: number;
  /** Mean distance between the translations of one source in ten styles. */
  styleDistance: number;
}

/** Numbers about a run, on held-out images. */
export interface HeldOutNumbers {
  /** With styles from latent codes. */
  latent: GuidedNumbers;
  /** With styles of held-out images. */
  reference: GuidedNumbers;
  /** The same of real held-out images: the classifier's accuracy, and the distance between images of one domain. */
  real: {
    /** Share whose domain the classifier recognises. */
    domainAccuracy: number;
    /** Mean distance between images of one domain. */
    imageDistance: number;
  };
  /** Translations that were judged, for each kind of guidance. */
  translations: number;
}

/** What {@link measureHeldOut} takes. */
export interface HeldOutOptions {
  /** Images by domain; they need no `reals`. */
  readonly domains: readonly EvaluationDomain[];
  /** Reads images. */
  readonly load: LoadImages;
  /** Tells domains apart; it stays the caller's. */
  readonly classifier: DomainClassifier;
  /** The networks; they stay the caller's. */
  readonly sampler: Sampler;
  /** Sizes of the model, and the seed of latent codes. */
  readonly config: {
    /** Height and width of images. */
    readonly imageSize: number;
    /** Length of a latent code. */
    readonly latentDim: number;
    /** Seed of latent codes. */
    readonly seed: number;
  };
  /** Aborting it ends the evaluation. */
  readonly signal?: AbortSignal | undefined;
}

const STYLES = 10;

const MISSING = { reason: 'no pretrained network is used' };

/** The metrics that need no pretrained weights. */
const METRICS = metricTable.filter(({ needs }) => needs === 'images' || needs === 'classifier');

/**
 * Evaluates without pretrained networks: every source is translated to every other domain in ten styles, the same for all
 * sources.
 *
 * @param options images, networks and classifier
 * @returns undefined when `signal` was aborted
 */
export async function measureHeldOut({
  domains,
  load,
  classifier,
  sampler,
  config,
  signal,
}: HeldOutOptions): Promise<HeldOutNumbers | undefined> {
  const { imageSize, seed } = config;
  const evaluators = { features: MISSING, perceptual: MISSING, classifier };
  const options = { outputs: STYLES, fid: '', seed };
  const context = { sampler, load, metrics: METRICS, evaluators, imageSize, options, signal };
  // The mean over all translations, as if all tasks were one.
  const collect = (): TranslationScores => collectScores(context, STYLES, '');
  const collected = { latent: collect(), reference: collect() };
  let translations = 0;
  for (const task of listTasks(domains.length)) {
    const style = await stylesOf(load, sampler, task.guidance, task.target, domains[task.target]!, config);
    try {
      const result = await evaluateTask({ ...context, collected: collected[task.guidance] }, task, domains[task.source]!, {
        count: style.shape[0],
        of: () => clone(style),
        dispose: () => undefined,
      });
      if (result === undefined) return undefined;
      if (task.guidance === 'latent') translations += result.translations;
    } finally {
      style.dispose();
    }
  }
  return {
    latent: numbersOf(collected.latent.scores()),
    reference: numbersOf(collected.reference.scores()),
    real: {
      domainAccuracy: await accuracyOnReals(domains, classifier, load),
      imageDistance: await imageDistance(load, domains, imageSize),
    },
    translations,
  };
}

const numbersOf = ({ values }: Scores): GuidedNumbers => ({ domainAccuracy: values.domainAccuracy!, styleDistance: values.styleDistance! });

/** [styles, styleDim]; the caller owns them. */
async function stylesOf(
  load: LoadImages,
  sampler: Sampler,
  guidance: Guidance,
  target: number,
  { references }: EvaluationDomain,
  { imageSize, latentDim, seed }: HeldOutOptions['config'],
): Promise<Tensor2D> {
  if (guidance === 'latent') return latentStyles(sampler, { domain: target, latentDim, count: STYLES, psi: 1, seed });
  const files = references.slice(0, STYLES).map(({ file }) => file);
  const labels = files.map(() => target);
  return encodeStyles(sampler, { size: imageSize, data: await load(files, imageSize) }, labels);
}

/** Mean distance between real held-out images of one domain. */
async function imageDistance(load: LoadImages, domains: readonly EvaluationDomain[], size: number): Promise<number> {
  let sum = 0;
  for (const { references } of domains) {
    const files = references.map(({ file }) => file);
    sum += meanPixelDistance({ size, data: await load(files, size) });
  }
  return sum / domains.length;
}
