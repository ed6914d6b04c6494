export { densityCoverage, type DensityCoverage, type DensityCoverageOptions } from './density-coverage.js';
export {
  CLASSIFIER_VERSION,
  trainDomainClassifier,
  type ClassifierOptions,
  type DomainClassifier,
  type LabelledImages,
} from './domain-classifier/domain-classifier.js';
export type { FeatureBatches, FeatureRows, Features } from './features.js';
export { frechetDistance, type GaussianStatistics } from './frechet-distance.js';
export { frechetFeatureDistance } from './frechet-feature-distance.js';
export type { SquareImages } from './images.js';
export { kernelDiscrepancy, kernelDistance, type KernelDistance, type KernelDistanceOptions } from './kernel-distance.js';
export { lpips, type Lpips, type LpipsFeatures, type LpipsOptions, type LpipsWeights } from './lpips/lpips.js';
export type { LpipsNormalization } from './lpips/unit-normalize.js';
export { meanPairwiseDistance } from './mean-pairwise-distance.js';
export { alexnet, type Alexnet, type AlexnetMaps } from './networks/alexnet.js';
export { inception, type Inception, type InceptionLayout, type InceptionOptions, type InceptionStages } from './networks/inception.js';
export { readStateDict, type ReadStateDictOptions, type StateDict, type StateEntry } from './networks/state-dict.js';
export { precisionRecall, type PrecisionRecall, type PrecisionRecallOptions } from './precision-recall.js';
export {
  fidConventions,
  INCEPTION_SIZE,
  pytorchFidInput,
  type FidConvention,
  type FidConventionName,
  type FidInputOptions,
} from './resizing/fid-conventions.js';
export { quantizeImages } from './resizing/quantize-images.js';
export { resizeBicubic, type FloatImage } from './resizing/resize-bicubic.js';
export {
  featureStatistics,
  mergeStatistics,
  statisticsAccumulator,
  type FeatureStatistics,
  type StatisticsAccumulator,
} from './statistics.js';
export {
  featureScores,
  featureSet,
  translationScores,
  type FeatureScoresOptions,
  type FeatureSet,
  type TranslationScores,
  type TranslationScoresOptions,
} from './table/compute-scores.js';
export { metricTable } from './table/metric-table.js';
export {
  formatShare,
  isOnFeatures,
  metricKey,
  type FeatureComparison,
  type FeatureMetric,
  type EvaluatorMetric,
  type Evaluators,
  type Metric,
  type MetricDescription,
  type StatisticsMetric,
  type TranslationMetric,
  type Translations,
} from './table/metric.js';
export { joinScores, meanScores, score, withoutScores, type MetricOutcome, type Scores } from './table/scores.js';
export { meanPixelDistance } from './table/style-distance.js';
