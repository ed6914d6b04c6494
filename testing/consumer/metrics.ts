import * as tf from '@tensorflow/tfjs';
import {
  alexnet,
  CLASSIFIER_VERSION,
  densityCoverage,
  featureScores,
  featureSet,
  featureStatistics,
  formatShare,
  fidConventions,
  frechetDistance,
  frechetFeatureDistance,
  inception,
  INCEPTION_SIZE,
  isOnFeatures,
  joinScores,
  kernelDiscrepancy,
  kernelDistance,
  lpips,
  meanPairwiseDistance,
  meanPixelDistance,
  meanScores,
  mergeStatistics,
  metricKey,
  metricTable,
  precisionRecall,
  pytorchFidInput,
  quantizeImages,
  readStateDict,
  resizeBicubic,
  score,
  statisticsAccumulator,
  trainDomainClassifier,
  translationScores,
  withoutScores,
  type Alexnet,
  type AlexnetMaps,
  type ClassifierOptions,
  type DensityCoverage,
  type DensityCoverageOptions,
  type DomainClassifier,
  type FeatureBatches,
  type FeatureComparison,
  type FeatureMetric,
  type FeatureRows,
  type Features,
  type FeatureScoresOptions,
  type FeatureSet,
  type FeatureStatistics,
  type FidConvention,
  type FidConventionName,
  type FidInputOptions,
  type FloatImage,
  type GaussianStatistics,
  type Inception,
  type InceptionLayout,
  type InceptionOptions,
  type InceptionStages,
  type EvaluatorMetric,
  type Evaluators,
  type KernelDistance,
  type KernelDistanceOptions,
  type LabelledImages,
  type Lpips,
  type LpipsFeatures,
  type LpipsNormalization,
  type LpipsOptions,
  type LpipsWeights,
  type Metric,
  type MetricDescription,
  type MetricOutcome,
  type PrecisionRecall,
  type PrecisionRecallOptions,
  type ReadStateDictOptions,
  type Scores,
  type SquareImages,
  type StateDict,
  type StateEntry,
  type StatisticsAccumulator,
  type StatisticsMetric,
  type TranslationMetric,
  type Translations,
  type TranslationScores,
  type TranslationScoresOptions,
} from '@stargan/metrics';
import { readStatistics, writeStatistics } from '@stargan/metrics/npz';

const rows: FeatureRows = { data: new Float32Array(6), shape: [2, 3] };
const tensor: Features = tf.zeros<tf.Rank.R2>([2, 3]);
const batches: FeatureBatches = [tensor, rows, [[1, 2, 3], Float64Array.of(1, 2, 3)]];
const statistics: FeatureStatistics = await featureStatistics(batches);
const gaussian: GaussianStatistics = mergeStatistics(statistics, statistics);
const accumulator: StatisticsAccumulator = statisticsAccumulator(3);
accumulator.add(rows);
const distances: number[] = [
  frechetDistance(gaussian, accumulator.statistics()),
  await frechetFeatureDistance(rows, tensor),
  await kernelDiscrepancy(rows, rows),
  meanPairwiseDistance([1, 2], (a, b) => a - b),
];
const kernelOptions: KernelDistanceOptions = { subsets: 2, subsetSize: undefined, seed: undefined };
const kernel: KernelDistance = await kernelDistance(rows, rows, kernelOptions);
const near: PrecisionRecallOptions & DensityCoverageOptions = { neighbors: undefined };
const precision: PrecisionRecall = await precisionRecall(rows, rows, near);
const density: DensityCoverage = await densityCoverage(rows, rows, near);
console.log(distances, kernel.mean, precision.recall, density.coverage);
await writeStatistics('mine.npz', statistics);
const stored: GaussianStatistics = await readStatistics('mine.npz');
console.log(stored.mean.length);

const image = tf.zeros<tf.Rank.R4>([1, 64, 64, 3]);
const layout: InceptionLayout = 'fid';
const inceptionOptions: InceptionOptions = { layout };
const network: Inception = inception(inceptionOptions);
const parameters = network.init(1);
const stages: InceptionStages = tf.tidy(() => network.stages(parameters, image));
tf.dispose(stages);
tf.dispose(parameters);
const A: Alexnet = alexnet();
const maps: AlexnetMaps = tf.tidy(() => A.apply(A.init(1), image));
tf.dispose(maps);

const normalization: LpipsNormalization = 'original';
const lpipsOptions: LpipsOptions[] = [{ normalization }, { normalization: undefined }];
const distance: Lpips = lpips(lpipsOptions[0]);
const features: LpipsFeatures = tf.tidy(() => distance.features(distance.init(1), image));
tf.dispose(features);
const entry: StateEntry = { shape: [1], data: [1] };
const state: StateDict = { weight: entry, other: tf.zeros([1]) };
const weights: LpipsWeights = { alexnet: state, heads: state };
const readOptions: ReadStateDictOptions = { ignored: /^fc/, optional: undefined };
console.log(weights, readStateDict('mine', distance.specs.heads, state, readOptions));

const name: FidConventionName = 'fid-clean';
const convention: FidConvention = fidConventions[name];
const inputOptions: FidInputOptions = { imageSize: undefined };
const pictures = quantizeImages(new Float32Array(4 * 4 * 3), 4, 4);
const input: tf.Tensor4D = convention.input(pictures, inputOptions);
const resized: FloatImage = resizeBicubic(pictures[0]!, INCEPTION_SIZE, INCEPTION_SIZE);
console.log(resized.width, pytorchFidInput(input).shape);

const images: SquareImages = { size: 4, data: new Float32Array(2 * 4 * 4 * 3) };
const labelled: LabelledImages = { ...images, domains: [0, 1] };
const classifierOptions: ClassifierOptions = { domains: 2, seed: 1, steps: 1, batch: undefined, learningRate: undefined };
const classifier: DomainClassifier | undefined = await trainDomainClassifier(labelled, classifierOptions);
classifier?.dispose();
const means: StatisticsMetric = {
  key: 'means',
  heading: 'means',
  title: 'Distance of means',
  direction: 'lower',
  format: formatShare,
  needs: 'statistics',
  fewest: { real: 2, generated: 2 },
  compute: (real, generated) => Math.abs(real.mean[0]! - generated.mean[0]!),
};
const described: MetricDescription = means;
const counts: FeatureMetric = { ...means, needs: 'features', compute: ({ real }: FeatureComparison) => real.shape[0] };
const brightness: EvaluatorMetric<'images'> = {
  ...means,
  needs: 'images',
  fewest: { translations: 1 },
  compute: ({ images: all }) => [...all.data],
};
const ofTranslations: TranslationMetric = brightness;
const table: readonly Metric[] = [...metricTable, means, counts, ofTranslations];
const set: FeatureSet = await featureSet(rows);
const scoresOptions: FeatureScoresOptions = { convention: 'mine', seed: 1 };
const onFeatures: Scores = await featureScores(table.filter(isOnFeatures), set, set, scoresOptions);
const classify: Evaluators['classifier'] = ({ target }) => [target];
const missing: MetricOutcome = { reason: 'none' };
const translationOptions: TranslationScoresOptions = {
  evaluators: { classifier: classify, perceptual: { reason: 'none' } },
  imageSize: 4,
  translations: 2,
  limitedBy: 'only one',
};
const collected: TranslationScores = translationScores(table, translationOptions);
const translations: Translations = { source: images, images, pictures, target: 1 };
collected.add(translations);
const joined: Scores = joinScores(onFeatures, collected.scores(), score('x', missing), withoutScores(['y'], 'none'));
console.log(
  meanScores([{ name: 'a', scores: joined }]),
  metricKey(means, 'mine'),
  described.heading,
  CLASSIFIER_VERSION,
  meanPixelDistance(images),
);
