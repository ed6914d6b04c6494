import path from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { loadImages, pixelsToFloats, resizeBilinear } from '@stargan/data';
import {
  featureScores,
  featureSet,
  isOnFeatures,
  joinScores,
  metricKey,
  quantizeImages,
  translationScores,
  withoutScores,
  type DomainClassifier,
  type FeatureSet,
  type Metric,
  type Scores,
  type Translations,
  type TranslationScores,
} from '@stargan/metrics';
import {
  countImages,
  type ImageBatch,
  joinImages,
  type Sampler,
  selectImages,
  toTensor,
  translate,
  yieldToEventLoop,
} from '@stargan/training';
import { writePng } from '../sampling/write-png.js';
import type { EvaluationDomain } from './evaluation-data.js';
import type { EvaluationOptions } from './options.js';
import { pictureName } from './picture-folders.js';
import { FEATURE_LENGTH, type FeatureNetwork, type Missing, type PerceptualDistance } from './pretrained.js';
import type { Task, TaskStyles } from './tasks.js';

/** What judges translations, or why it is missing. */
export interface AvailableJudges {
  readonly features: FeatureNetwork | Missing;
  readonly perceptual: PerceptualDistance | Missing;
  readonly classifier: DomainClassifier | Missing;
}

/** What a task is evaluated with. */
export interface TaskContext {
  readonly sampler: Sampler;
  readonly metrics: readonly Metric[];
  readonly judges: AvailableJudges;
  readonly imageSize: number;
  readonly options: Pick<EvaluationOptions, 'outputs' | 'fid' | 'seed'>;
  /** Collects what metrics of translations say; for each task by itself by default. */
  readonly collected?: TranslationScores;
  /** Features of the target domain's training images; undefined where there is no network for them. */
  readonly reals?: FeatureSet | undefined;
  /** Folder for the translations as PNGs. */
  readonly saveImages?: string | undefined;
  readonly onProgress?: ((images: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Translates every source of a task in several styles and judges the results. Only one source with its translations is
 * in memory at a time, beside the features of all.
 *
 * @returns undefined when `signal` was aborted
 */
export async function evaluateTask(
  context: TaskContext,
  task: Task,
  { sources }: EvaluationDomain,
  styles: TaskStyles,
): Promise<{ translations: number; scores: Scores } | undefined> {
  const { sampler, imageSize, saveImages, onProgress, signal } = context;
  const network = context.reals === undefined || 'reason' in context.judges.features ? undefined : context.judges.features;
  const rows = sources.length * styles.count;
  const features = new Float32Array(network === undefined ? 0 : rows * FEATURE_LENGTH);
  const { collected = collectScores(context, styles.count, onlyOne(task, context.options)) } = context;
  for (const [index, { file }] of sources.entries()) {
    if (signal?.aborted === true) return undefined;
    const source = { size: imageSize, data: await loadImages([file], imageSize) };
    const images = translateSource(sampler, source, styles, index);
    const pictures = quantizeImages(images.data, imageSize, imageSize);
    if (saveImages !== undefined)
      for (const [output, picture] of pictures.entries()) await writePng(path.join(saveImages, pictureName(index, output)), picture);
    collected.add({ source, images, pictures, target: task.target });
    if (network !== undefined) features.set(await network.features(pictures, imageSize), index * styles.count * FEATURE_LENGTH);
    onProgress?.(styles.count);
    await yieldToEventLoop();
  }
  const generated = network && { data: features, shape: [rows, FEATURE_LENGTH] as const };
  return { translations: rows, scores: joinScores(await onFeatures(context, generated), collected.scores()) };
}

/** All translations of a source. */
function translateSource(sampler: Sampler, source: ImageBatch, styles: TaskStyles, index: number): ImageBatch {
  const style = styles.of(index);
  const images = translate(sampler, joinImages(Array.from({ length: styles.count }, () => source)), style);
  style.dispose();
  return images;
}

async function onFeatures({ metrics, judges, options: { fid, seed }, reals }: TaskContext, generated: FeatureSet['rows']): Promise<Scores> {
  if (reals !== undefined && generated !== undefined)
    return featureScores(metrics, reals, await featureSet(generated), { convention: fid, seed });
  const keys = metrics.filter(isOnFeatures).map((metric) => metricKey(metric, fid));
  return withoutScores(keys, 'reason' in judges.features ? judges.features.reason : 'there are no features of real images');
}

const onlyOne = ({ guidance }: Task, { outputs }: Pick<EvaluationOptions, 'outputs'>): string =>
  outputs < 2
    ? 'it compares translations of one source, and only one is made'
    : `it compares translations of one source, and there is only one ${guidance} to take a style from`;

/**
 * Collects what metrics of translations say.
 *
 * @param translations of each source
 * @param limitedBy why there are no more of them
 */
export function collectScores(
  { metrics, judges: { classifier, perceptual }, imageSize }: Pick<TaskContext, 'metrics' | 'judges' | 'imageSize'>,
  translations: number,
  limitedBy: string,
): TranslationScores {
  const judges = {
    classifier: 'reason' in classifier ? classifier : (given: Translations) => classifier.classify(atSize(given, classifier.size)),
    perceptual: 'reason' in perceptual ? perceptual : ({ images }: Translations) => meanOverPairs(perceptual, images),
  };
  return translationScores(metrics, { judges, imageSize, translations, limitedBy });
}

function meanOverPairs(perceptual: PerceptualDistance, images: ImageBatch): number {
  const samples = Array.from({ length: countImages(images) }, (_, i) => toTensor(selectImages(images, [i])));
  try {
    return perceptual.meanOverPairs(samples);
  } finally {
    dispose(samples);
  }
}

/** Translations in the size that the classifier knows. */
function atSize({ images, pictures }: Translations, size: number): ImageBatch {
  if (images.size === size) return images;
  return joinImages(pictures.map((picture) => ({ size, data: pixelsToFloats(resizeBilinear(picture, size, size)) })));
}
