import { clone } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { loadImages, type Dataset } from '@stargan/data';
import { meanPixelDistance, metricTable, type DomainClassifier, type Scores, type TranslationScores } from '@stargan/metrics';
import { encodeStyles, latentStyles, type Sampler } from '@stargan/training';
import type { Config } from '../config/schema.js';
import { accuracyOnReals, openClassifier } from './classifier.js';
import { openEvaluationData, type EvaluationDomain } from './evaluation-data.js';
import { collectScores, evaluateTask } from './evaluate-task.js';
import { evaluationOptions } from './options.js';
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
  latent: GuidedNumbers;
  reference: GuidedNumbers;
  /** The same of real held-out images: the classifier's accuracy, and the distance between images of one domain. */
  real: { domainAccuracy: number; imageDistance: number };
  /** Translations that were judged, for each kind of guidance. */
  translations: number;
}

/** What {@link measureHeldOut} takes. */
export interface HeldOutOptions {
  readonly dataset: Dataset;
  readonly config: Config;
  /** The networks; they stay the caller's. */
  readonly sampler: Sampler;
  /** At most so many sources of each domain; 20 by default. */
  readonly sources?: number;
  /** Prints a line that says what is being done. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

const STYLES = 10;

const MISSING = { reason: 'no pretrained network is used' };

/** The metrics that need no pretrained weights. */
const METRICS = metricTable.filter(({ needs }) => needs === 'images' || needs === 'classifier');

/**
 * Evaluates without pretrained networks and without keeping the results: every held-out source is translated to every
 * other domain in ten styles, the same for all sources.
 *
 * @returns undefined when `signal` was aborted
 */
export async function measureHeldOut(options: HeldOutOptions): Promise<HeldOutNumbers | undefined> {
  const { dataset, config, say, signal } = options;
  const { domains } = await openEvaluationData(dataset, { sources: 0, reals: 0 }, 'refuse');
  const classifier = await openClassifier({ domains }, config.imageSize, { ...evaluationOptions(config), say, signal });
  if (classifier === undefined) return undefined;
  try {
    return await judge(options, domains, classifier);
  } finally {
    classifier.dispose();
  }
}

async function judge(
  { config, sampler, sources = 20, signal }: HeldOutOptions,
  domains: readonly EvaluationDomain[],
  classifier: DomainClassifier,
): Promise<HeldOutNumbers | undefined> {
  const { imageSize } = config;
  const judges = { features: MISSING, perceptual: MISSING, classifier };
  const options = { ...evaluationOptions(config), outputs: STYLES };
  const context = { sampler, metrics: METRICS, judges, imageSize, options, signal };
  // The mean over all translations, as if all tasks were one.
  const collect = (): TranslationScores => collectScores(context, STYLES, '');
  const collected = { latent: collect(), reference: collect() };
  let translations = 0;
  for (const task of listTasks(domains.length)) {
    const domain = domains[task.source]!;
    const style = await stylesOf(sampler, task.guidance, task.target, domains[task.target]!, config);
    try {
      const result = await evaluateTask(
        { ...context, collected: collected[task.guidance] },
        task,
        { ...domain, sources: domain.sources.slice(0, sources) },
        { count: style.shape[0], of: () => clone(style), dispose: () => undefined },
      );
      if (result === undefined) return undefined;
      if (task.guidance === 'latent') translations += result.translations;
    } finally {
      style.dispose();
    }
  }
  return {
    latent: numbersOf(collected.latent.scores()),
    reference: numbersOf(collected.reference.scores()),
    real: { domainAccuracy: await accuracyOnReals({ domains }, classifier), imageDistance: await imageDistance(domains, imageSize) },
    translations,
  };
}

const numbersOf = ({ values }: Scores): GuidedNumbers => ({ domainAccuracy: values.domainAccuracy!, styleDistance: values.styleDistance! });

/** [styles, styleDim]; the caller owns them. */
async function stylesOf(
  sampler: Sampler,
  guidance: Guidance,
  target: number,
  { references }: EvaluationDomain,
  { imageSize, latentDim, seed }: Config,
): Promise<Tensor2D> {
  if (guidance === 'latent') return latentStyles(sampler, { domain: target, latentDim, count: STYLES, psi: 1, seed });
  const files = references.slice(0, STYLES).map(({ file }) => file);
  const labels = files.map(() => target);
  return encodeStyles(sampler, { size: imageSize, data: await loadImages(files, imageSize) }, labels);
}

/** Mean distance between real held-out images of one domain. */
async function imageDistance(domains: readonly EvaluationDomain[], size: number): Promise<number> {
  let sum = 0;
  for (const { references } of domains) {
    const files = references.map(({ file }) => file);
    sum += meanPixelDistance({ size, data: await loadImages(files, size) });
  }
  return sum / domains.length;
}
