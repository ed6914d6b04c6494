import type { RgbImage } from '@stargan/resizing';
import type { FeatureRows } from '../features.js';
import type { GaussianStatistics } from '../frechet-distance.js';
import type { SquareImages } from '../images.js';

/** How a metric is named and shown. */
export interface MetricDescription {
  /** Name in results, logs and options. Metrics on features are kept under it and the name of their convention. */
  readonly key: string;
  /** Heading of its column in tables. */
  readonly heading: string;
  /** Title of its chart. */
  readonly title: string;
  /** Which of two values is the better one. */
  readonly direction: 'lower' | 'higher';
  /** A value as tables show it. */
  readonly format: (value: number) => string;
  /** Limits of its chart's axis; by default those of the values. */
  readonly range?: readonly [least: number, most: number] | undefined;
}

/** A metric that compares mean and covariance of features, as files of statistics hold them. */
export interface StatisticsMetric extends MetricDescription {
  /** What it is computed from. */
  readonly needs: 'statistics';
  /** Images that each side needs at least. */
  readonly fewest: { readonly real: number; readonly generated: number };
  /** Its value. */
  readonly compute: (real: GaussianStatistics, generated: GaussianStatistics) => number;
}

/** Features of both sides. */
export interface FeatureComparison {
  /** [n, dimension] */
  readonly real: FeatureRows;
  /** [m, dimension] */
  readonly generated: FeatureRows;
  /** Seed of whatever is drawn at random. */
  readonly seed: number;
}

/** A metric that compares the features of all images of both sides. */
export interface FeatureMetric extends MetricDescription {
  /** What it is computed from. */
  readonly needs: 'features';
  /** Images that each side needs at least. */
  readonly fewest: { readonly real: number; readonly generated: number };
  /** Its value. */
  readonly compute: (comparison: FeatureComparison) => number | Promise<number>;
}

/** All translations of one source to one domain. */
export interface Translations {
  /** The one image that was translated. */
  readonly source: SquareImages;
  /** Its translations, in different styles. */
  readonly images: SquareImages;
  /** The translations as PNG files would hold them. */
  readonly pictures: readonly RgbImage[];
  /** Label of the domain that they are meant to show. */
  readonly target: number;
}

/** What metrics of translations can ask for beside the images, by the name in `needs`. */
export interface Evaluators {
  /** Nothing else. */
  readonly images: undefined;
  /** Gives the label of the domain that each translation is taken for. */
  readonly classifier: (translations: Translations) => readonly number[];
  /** Gives the mean perceptual distance over all pairs of translations. */
  readonly perceptual: (translations: Translations) => number;
}

/** A metric of translations, computed source by source. */
export interface EvaluatorMetric<Need extends keyof Evaluators> extends MetricDescription {
  /** What it is computed from. */
  readonly needs: Need;
  /** Translations of a source, and their size in pixels, that it needs at least. */
  readonly fewest: { readonly translations: number; readonly imageSize?: number | undefined };
  /** One value, or one for each translation; the score is the mean of all values of all sources. */
  readonly compute: (translations: Translations, evaluator: Evaluators[Need]) => readonly number[];
}

/** A metric of translations, whatever it asks for. */
export type TranslationMetric = { readonly [Need in keyof Evaluators]: EvaluatorMetric<Need> }[keyof Evaluators];

/** A row of the table of metrics. */
export type Metric = StatisticsMetric | FeatureMetric | TranslationMetric;

/**
 * Whether a metric is computed from features of a network, so that its values depend on whose they are.
 *
 * @param metric a row of the table
 */
export const isOnFeatures = (metric: Metric): metric is StatisticsMetric | FeatureMetric =>
  metric.needs === 'statistics' || metric.needs === 'features';

/**
 * The name under which a value is kept: that of a metric on features says whose convention it is, `kid-stargan2`.
 *
 * @param metric a row of the table
 * @param convention short name, such as `stargan2`
 */
export const metricKey = (metric: Metric, convention: string): string =>
  isOnFeatures(metric) ? `${metric.key}-${convention}` : metric.key;

/**
 * A share as a percentage.
 *
 * @param share in [0, 1]
 */
export const formatShare = (share: number): string => `${(100 * share).toFixed(1)} %`;
