import { dispose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
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
  type SquareImages,
  type Translations,
  type TranslationScores,
} from '@stargan/metrics';
import { resizeBilinear, type RgbImage } from '@stargan/resizing';
import { countImages, joinImages, type Sampler, selectImages, toTensor, translate } from '../sampling/translate.js';
import { yieldToEventLoop } from '../yield-to-event-loop.js';
import type { EvaluationDomain, LoadImages } from './domain.js';
import type { Task, TaskStyles } from './tasks.js';

/** Why something cannot be had. */
export interface Missing {
  /** One clause. */
  readonly reason: string;
}

/** A network whose features metrics compare. */
export interface FeatureEvaluator {
  /**
   * Features of pictures.
   *
   * @param images pictures of 8 bits per channel; their sizes may differ
   * @param imageSize the model's, to which the convention may resize first
   * @returns [images, {@link FEATURE_LENGTH}]
   */
  features(images: readonly RgbImage[], imageSize: number): Promise<Float32Array>;
}

/** A perceptual distance of images. */
export interface PerceptualEvaluator {
  /** Mean distance over all pairs of images. @param samples n ≥ 2, each [1, size, size, 3], disposed by the caller */
  meanOverPairs(samples: readonly Tensor[]): number;
}

/** Length of Inception's features. */
export const FEATURE_LENGTH = 2048;

/** What scores translations, or why it is missing. */
export interface AvailableEvaluators {
  /** Gives the features that metrics compare. */
  readonly features: FeatureEvaluator | Missing;
  /** Gives perceptual distances. */
  readonly perceptual: PerceptualEvaluator | Missing;
  /** Tells which domain an image shows. */
  readonly classifier: DomainClassifier | Missing;
}

/** Options of {@link evaluateTask}. */
export interface TaskOptions {
  /** Translations of each source that are asked for. */
  readonly outputs: number;
  /** Short name of the convention of features. */
  readonly fid: string;
  /** Seed of whatever metrics draw at random. */
  readonly seed: number;
}

/** What a task is evaluated with. */
export interface TaskContext {
  /** The networks, and the weights to sample with. */
  readonly sampler: Sampler;
  /** Reads sources. */
  readonly load: LoadImages;
  /** What is computed. */
  readonly metrics: readonly Metric[];
  /** What computes it. */
  readonly evaluators: AvailableEvaluators;
  /** Height and width of the model's images. */
  readonly imageSize: number;
  /** How it is computed. */
  readonly options: TaskOptions;
  /** Collects what metrics of translations say; for each task by itself by default. */
  readonly collected?: TranslationScores | undefined;
  /** Features of the target domain's training images; undefined where there is no network for them. */
  readonly reals?: FeatureSet | undefined;
  /** Keeps the translations of the source of this position. */
  readonly savePictures?: ((source: number, pictures: readonly RgbImage[]) => Promise<void>) | undefined;
  /** Called with the number of translations that have been done since the last call. */
  readonly onProgress?: ((images: number) => void) | undefined;
  /** Aborting it ends the evaluation. */
  readonly signal?: AbortSignal | undefined;
}

/** The scores of a task. */
export interface TaskScores {
  /** Images that were made. */
  readonly translations: number;
  /** Scores by the names of metrics. */
  readonly scores: Scores;
}

/**
 * Translates every source of a task in several styles and scores the results. Only one source with its translations is
 * in memory at a time, beside the features of all.
 *
 * @param context networks, metrics and evaluators
 * @param task by label
 * @param domain images of the source domain
 * @param styles of the translations; they stay the caller's
 * @returns undefined when `signal` was aborted
 */
export async function evaluateTask(
  context: TaskContext,
  task: Task,
  { sources }: Pick<EvaluationDomain, 'sources'>,
  styles: TaskStyles,
): Promise<TaskScores | undefined> {
  const { sampler, load, imageSize, savePictures, onProgress, signal } = context;
  const network = context.reals === undefined || 'reason' in context.evaluators.features ? undefined : context.evaluators.features;
  const rows = sources.length * styles.count;
  const features = new Float32Array(network === undefined ? 0 : rows * FEATURE_LENGTH);
  const { collected = collectScores(context, styles.count, onlyOne(task, context.options)) } = context;
  for (const [index, { file }] of sources.entries()) {
    if (signal?.aborted === true) return undefined;
    const source = { size: imageSize, data: await load([file], imageSize) };
    const images = translateSource(sampler, source, styles, index);
    const pictures = quantizeImages(images.data, imageSize, imageSize);
    await savePictures?.(index, pictures);
    collected.add({ source, images, pictures, target: task.target });
    if (network !== undefined) features.set(await network.features(pictures, imageSize), index * styles.count * FEATURE_LENGTH);
    onProgress?.(styles.count);
    await yieldToEventLoop();
  }
  const generated = network && { data: features, shape: [rows, FEATURE_LENGTH] as const };
  return { translations: rows, scores: joinScores(await onFeatures(context, generated), collected.scores()) };
}

/** All translations of a source. */
function translateSource(sampler: Sampler, source: SquareImages, styles: TaskStyles, index: number): SquareImages {
  const style = styles.of(index);
  const images = translate(sampler, joinImages(Array.from({ length: styles.count }, () => source)), style);
  style.dispose();
  return images;
}

async function onFeatures(
  { metrics, evaluators, options: { fid, seed }, reals }: TaskContext,
  generated: FeatureSet['rows'],
): Promise<Scores> {
  if (reals !== undefined && generated !== undefined)
    return featureScores(metrics, reals, await featureSet(generated), { convention: fid, seed });
  const keys = metrics.filter(isOnFeatures).map((metric) => metricKey(metric, fid));
  return withoutScores(keys, 'reason' in evaluators.features ? evaluators.features.reason : 'there are no features of real images');
}

const onlyOne = ({ guidance }: Task, { outputs }: TaskOptions): string =>
  outputs < 2
    ? 'it compares translations of one source, and only one is made'
    : `it compares translations of one source, and there is only one ${guidance} to take a style from`;

/**
 * Collects what metrics of translations say.
 *
 * @param context metrics, evaluators and image size
 * @param translations of each source
 * @param limitedBy why there are no more of them
 */
export function collectScores(
  { metrics, evaluators: { classifier, perceptual }, imageSize }: Pick<TaskContext, 'metrics' | 'evaluators' | 'imageSize'>,
  translations: number,
  limitedBy: string,
): TranslationScores {
  const evaluators = {
    classifier: 'reason' in classifier ? classifier : (given: Translations) => classifier.classify(atSize(given, classifier.size)),
    perceptual: 'reason' in perceptual ? perceptual : ({ images }: Translations) => meanOverPairs(perceptual, images),
  };
  return translationScores(metrics, { evaluators, imageSize, translations, limitedBy });
}

function meanOverPairs(perceptual: PerceptualEvaluator, images: SquareImages): number {
  const samples = Array.from({ length: countImages(images) }, (_, i) => toTensor(selectImages(images, [i])));
  try {
    return perceptual.meanOverPairs(samples);
  } finally {
    dispose(samples);
  }
}

/** Translations in the size that the classifier knows. */
function atSize({ images, pictures }: Translations, size: number): SquareImages {
  if (images.size === size) return images;
  return joinImages(pictures.map((picture) => ({ size, data: Float32Array.from(resizeBilinear(picture, size, size).data, toFloat) })));
}

/** (level / 255 − 0.5) / 0.5 with every step rounded to float32, as images are read. */
const toFloat = (level: number): number => Math.fround(Math.fround(level / 255) - 0.5) / 0.5;
