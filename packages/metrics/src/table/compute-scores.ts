import { readFeatures, type FeatureRows, type Features } from '../features.js';
import type { GaussianStatistics } from '../frechet-distance.js';
import { featureStatistics } from '../statistics.js';
import {
  isOnFeatures,
  metricKey,
  type FeatureComparison,
  type FeatureMetric,
  type EvaluatorMetric,
  type Evaluators,
  type Metric,
  type StatisticsMetric,
  type TranslationMetric,
  type Translations,
} from './metric.js';
import { joinScores, score, withoutScores, type MetricOutcome, type Scores } from './scores.js';

/** What is known of a side's features: those of each image, their statistics, or both. */
export interface FeatureSet {
  /** [n ≥ 1, dimension]; undefined where statistics are all there is. */
  readonly rows: FeatureRows | undefined;
  /** Undefined for fewer than two images. */
  readonly statistics: GaussianStatistics | undefined;
}

/** Features with their statistics. @param features [n ≥ 1, dimension]; a tensor stays the caller's */
export async function featureSet(features: Features): Promise<FeatureSet> {
  const rows = await readFeatures('featureSet', 'features', features);
  return { rows, statistics: rows.shape[0] < 2 ? undefined : await featureStatistics(rows) };
}

/** Options of {@link featureScores}. */
export interface FeatureScoresOptions {
  /** Short name of the features' convention, under which values are kept. */
  readonly convention: string;
  /** Seed of whatever is drawn at random. */
  readonly seed: number;
}

/**
 * Scores of the metrics on features among those given; null, with the reason, where there are too few images.
 *
 * @param metrics any metrics
 * @param real features of real images
 * @param generated features of generated images
 * @param options convention and seed
 */
export async function featureScores(
  metrics: readonly Metric[],
  real: FeatureSet,
  generated: FeatureSet,
  { convention, seed }: FeatureScoresOptions,
): Promise<Scores> {
  const comparison = real.rows && generated.rows && { real: real.rows, generated: generated.rows, seed };
  const parts: Scores[] = [];
  for (const metric of metrics.filter(isOnFeatures))
    parts.push(score(metricKey(metric, convention), await compareFeatures(metric, real, generated, comparison)));
  return joinScores(...parts);
}

async function compareFeatures(
  metric: StatisticsMetric | FeatureMetric,
  real: FeatureSet,
  generated: FeatureSet,
  comparison: FeatureComparison | undefined,
): Promise<MetricOutcome> {
  const { needs, fewest } = metric;
  if (needs === 'features' && comparison === undefined)
    return { reason: 'it needs the images of both sides: statistics hold no single features' };
  const reason = tooFew('real', real, fewest.real) ?? tooFew('generated', generated, fewest.generated);
  if (reason !== undefined) return { reason };
  return { value: needs === 'features' ? await metric.compute(comparison!) : metric.compute(real.statistics!, generated.statistics!) };
}

function tooFew(side: string, { rows }: FeatureSet, needed: number): string | undefined {
  return rows !== undefined && rows.shape[0] < needed ? `it needs at least ${needed} ${side} images, got ${rows.shape[0]}` : undefined;
}

/** Collects what metrics say of translations, source by source. */
export interface TranslationScores {
  /**
   * Scores all translations of one more source.
   *
   * @param translations as many, and as large, as {@link TranslationScoresOptions} says
   */
  add(translations: Translations): void;
  /** The mean of all values of each metric. */
  scores(): Scores;
}

/** Options of {@link translationScores}. */
export interface TranslationScoresOptions {
  /** The evaluators, or why there is none. */
  readonly evaluators: { readonly [Name in Exclude<keyof Evaluators, 'images'>]: Evaluators[Name] | { readonly reason: string } };
  /** Height and width of the translations. */
  readonly imageSize: number;
  /** Translations of each source. */
  readonly translations: number;
  /** Why there are no more of them, for metrics that would need more. */
  readonly limitedBy: string;
}

/**
 * Scores of the metrics of translations among those given; null, with the reason, where an evaluator is missing, or
 * translations are too few or too small.
 *
 * @param metrics any metrics
 * @param options evaluators, and what is known of all translations
 */
export function translationScores(metrics: readonly Metric[], options: TranslationScoresOptions): TranslationScores {
  const judged = metrics.flatMap((metric) =>
    isOnFeatures(metric) ? [] : [{ metric, ...observe(metric, options), values: [] as number[] }],
  );
  return {
    add: (translations) => {
      for (const { values, measure } of judged) if (measure !== undefined) values.push(...measure(translations));
    },
    scores: () =>
      joinScores(
        ...judged.map(({ metric: { key }, reason, values }) =>
          reason === undefined ? score(key, { value: mean(values) }) : withoutScores([key], reason),
        ),
      ),
  };
}

type Observation =
  | { readonly measure: (translations: Translations) => readonly number[]; readonly reason?: undefined }
  | { readonly reason: string; readonly measure?: undefined };

/** How a metric is measured here, or why it cannot be. */
function observe(metric: TranslationMetric, { evaluators, imageSize, translations, limitedBy }: TranslationScoresOptions): Observation {
  const { fewest } = metric;
  const available = { images: undefined, ...evaluators };
  const evaluator = available[metric.needs];
  if (translations < fewest.translations) return { reason: limitedBy };
  if (evaluator !== undefined && 'reason' in evaluator) return { reason: evaluator.reason };
  if (fewest.imageSize !== undefined && imageSize < fewest.imageSize)
    return {
      reason: `it needs images of at least ${fewest.imageSize}×${fewest.imageSize} pixels, they have ${imageSize}×${imageSize}`,
    };
  // Its evaluator is the one that it names.
  const { compute } = metric as EvaluatorMetric<keyof Evaluators>;
  return { measure: (given) => compute(given, evaluator) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
