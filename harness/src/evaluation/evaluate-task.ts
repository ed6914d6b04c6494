import path from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import { loadImages, pixelsToFloats, resizeBilinear, type RgbImage } from '@stargan/data';
import { quantizeImages } from '@stargan/metrics';
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
import type { DomainClassifier } from './domain-classifier.js';
import type { EvaluationDomain } from './evaluation-data.js';
import { featureMetrics, type RealFeatures } from './feature-metrics.js';
import { FEATURE_METRICS, joinScores, metricKey, score, withoutScores, type Scores } from './metrics.js';
import type { EvaluationOptions } from './options.js';
import { meanPairwiseDistance } from './pairwise-distance.js';
import { FEATURE_LENGTH, type FeatureNetwork, type PerceptualDistance } from './pretrained.js';
import { pictureName } from './picture-folders.js';
import type { Task, TaskStyles } from './tasks.js';

/** A classifier with the size of the images that it was trained on. */
export interface SizedClassifier {
  readonly classifier: DomainClassifier;
  readonly size: number;
}

/** What judges translations: each judge, or why there is none. */
export interface Judges {
  readonly features: FeatureNetwork | string;
  readonly perceptual: PerceptualDistance | string;
  readonly classifier: SizedClassifier;
}

/** What a task is evaluated with. */
export interface TaskContext {
  readonly sampler: Sampler;
  readonly judges: Judges;
  readonly imageSize: number;
  readonly options: EvaluationOptions;
  /** Features of the target domain's training images; undefined where there is no network for them. */
  readonly reals: RealFeatures | undefined;
  /** Folder for the translations as PNGs. */
  readonly saveImages?: string;
  readonly onProgress?: (images: number) => void;
  readonly signal?: AbortSignal;
}

/** Smallest images that LPIPS's network takes. */
const LPIPS_SMALLEST = 31;

/**
 * Translates every source of a task in several styles and judges the results. One source is in memory at a time, and
 * of the others their features.
 *
 * @returns undefined when `signal` was aborted
 */
export async function evaluateTask(
  context: TaskContext,
  task: Task,
  domain: EvaluationDomain,
  styles: TaskStyles,
): Promise<{ translations: number; scores: Scores } | undefined> {
  const { sampler, judges, imageSize, options, reals, onProgress, signal } = context;
  const { sources } = domain;
  const features = new Float32Array(typeof judges.features === 'string' ? 0 : sources.length * styles.count * FEATURE_LENGTH);
  const measurePerceptual = perceptualMeasure(judges, imageSize, styles.count);
  const perceptual: number[] = [];
  const distances: number[] = [];
  let hits = 0;
  for (const [index, { file }] of sources.entries()) {
    if (signal?.aborted === true) return undefined;
    const outputs = await translateSource(sampler, file, imageSize, styles, index);
    const pictures = quantizeImages(outputs.data, imageSize, imageSize);
    if (context.saveImages !== undefined) await savePictures(context.saveImages, pictures, index);
    hits += judges.classifier.classifier
      .classify(atSize(outputs, pictures, judges.classifier.size))
      .filter((found) => found === task.target).length;
    distances.push(meanPairwiseDistance(outputs));
    if (typeof measurePerceptual !== 'string') perceptual.push(measurePerceptual(outputs));
    if (typeof judges.features !== 'string')
      features.set(await judges.features.features(pictures, imageSize), index * styles.count * FEATURE_LENGTH);
    onProgress?.(styles.count);
    await yieldToEventLoop();
  }
  const translations = sources.length * styles.count;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const alone = styles.count < 2 ? onlyOne(task, options) : undefined;
  return {
    translations,
    scores: joinScores(
      typeof judges.features === 'string'
        ? withoutScores(
            FEATURE_METRICS.map((metric) => metricKey(metric, options.fid)),
            judges.features,
          )
        : await featureMetrics(reals!, { data: features, shape: [translations, FEATURE_LENGTH] }, options.fid, options.seed),
      score('lpips', alone ?? (typeof measurePerceptual === 'string' ? measurePerceptual : mean(perceptual))),
      score('domainAccuracy', hits / translations),
      score('styleDistance', alone ?? mean(distances)),
    ),
  };
}

/** All translations of a source. */
async function translateSource(sampler: Sampler, file: string, imageSize: number, styles: TaskStyles, index: number): Promise<ImageBatch> {
  const source = { size: imageSize, data: await loadImages([file], imageSize) };
  const style = styles.of(index);
  const outputs = translate(sampler, joinImages(Array.from({ length: styles.count }, () => source)), style);
  style.dispose();
  return outputs;
}

/**
 * Writes the translations of a task without judging them, as `evaluateTask` does beside judging.
 *
 * @returns how many; undefined when `signal` was aborted
 */
export async function saveTranslations(
  { sampler, imageSize, saveImages, onProgress, signal }: Omit<TaskContext, 'judges' | 'options' | 'reals'> & { saveImages: string },
  domain: EvaluationDomain,
  styles: TaskStyles,
): Promise<number | undefined> {
  for (const [index, { file }] of domain.sources.entries()) {
    if (signal?.aborted === true) return undefined;
    const outputs = await translateSource(sampler, file, imageSize, styles, index);
    await savePictures(saveImages, quantizeImages(outputs.data, imageSize, imageSize), index);
    onProgress?.(styles.count);
    await yieldToEventLoop();
  }
  return domain.sources.length * styles.count;
}

const onlyOne = ({ guidance }: Task, { outputs }: EvaluationOptions): string =>
  outputs < 2
    ? 'it compares translations of one source, and only one is made'
    : `it compares translations of one source, and there is only one ${guidance} to take a style from`;

/** Mean distance between translations of one source, or why it cannot be had. */
function perceptualMeasure({ perceptual }: Judges, imageSize: number, count: number): ((outputs: ImageBatch) => number) | string {
  if (typeof perceptual === 'string') return perceptual;
  if (imageSize < LPIPS_SMALLEST)
    return `LPIPS needs images of at least ${LPIPS_SMALLEST}×${LPIPS_SMALLEST} pixels, they have ${imageSize}×${imageSize}`;
  if (count < 2) return 'there is only one translation of each source';
  return (outputs) => {
    const samples = Array.from({ length: countImages(outputs) }, (_, i) => toTensor(selectImages(outputs, [i])));
    try {
      return perceptual.meanOverPairs(samples);
    } finally {
      dispose(samples);
    }
  };
}

/** Images in the size that the classifier knows. */
function atSize(outputs: ImageBatch, pictures: readonly RgbImage[], size: number): ImageBatch {
  if (outputs.size === size) return outputs;
  return joinImages(pictures.map((picture) => ({ size, data: pixelsToFloats(resizeBilinear(picture, size, size)) })));
}

async function savePictures(folder: string, pictures: readonly RgbImage[], source: number): Promise<void> {
  for (const [output, picture] of pictures.entries()) await writePng(path.join(folder, pictureName(source, output)), picture);
}
