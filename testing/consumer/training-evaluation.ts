import * as tf from '@tensorflow/tfjs';
import { metricTable } from '@stargan/metrics';
import { buildNetworks, defaultsOf, EMA_NETWORKS, initialWeights, trainingFields, type Sampler } from '@stargan/training';
import {
  accuracyOnReals,
  collectScores,
  evaluateTask,
  FEATURE_LENGTH,
  GUIDANCES,
  latentTaskStyles,
  listTasks,
  measureHeldOut,
  openClassifier,
  referenceTaskStyles,
  type AvailableEvaluators,
  type EvaluationDomain,
  type FeatureEvaluator,
  type Guidance,
  type GuidedNumbers,
  type HeldOutNumbers,
  type HeldOutOptions,
  type ImageFile,
  type LoadImages,
  type Missing,
  type OpenClassifierOptions,
  type PerceptualEvaluator,
  type Task,
  type TaskContext,
  type TaskOptions,
  type TaskScores,
  type TaskStyles,
} from '@stargan/training/evaluation';

const sizes = { imageSize: 16, widthBudget: 32, maxWidth: 4, styleDim: 4, latentDim: 4, hiddenDim: 8 };
const config = { ...defaultsOf(trainingFields), ...sizes };
const networks = buildNetworks(config, 2);
const sampler: Sampler = { networks, weights: initialWeights(networks, EMA_NETWORKS, config.seed) };

// Images of two domains, made where they would be read.
const load: LoadImages = (files, size) =>
  Promise.resolve(Float32Array.from({ length: files.length * size * size * 3 }, (_, i) => Math.sin(files.length + i)));
const files: ImageFile[] = [{ file: 'one' }, { file: 'another' }];
const domains: EvaluationDomain[] = ['cat', 'dog'].map((name) => ({
  name,
  sources: files,
  references: files,
  reals: files,
  examples: files,
}));

// What needs no pretrained network.
const training: OpenClassifierOptions = { load, classifierSteps: 2, seed: 1, log: (line) => console.log(line) };
const classifier = await openClassifier(domains, sizes.imageSize, training);
if (classifier === undefined) throw new Error('aborted');
const heldOut: HeldOutOptions = { domains, load, classifier, sampler, config };
const numbers: HeldOutNumbers | undefined = await measureHeldOut(heldOut);
const guided: GuidedNumbers | undefined = numbers?.latent;
console.log(guided?.domainAccuracy, guided?.styleDistance, await accuracyOnReals(domains, classifier, load));

// Task by task, with evaluators of one's own.
const features: FeatureEvaluator = { features: (images) => Promise.resolve(new Float32Array(images.length * FEATURE_LENGTH)) };
const perceptual: PerceptualEvaluator = { meanOverPairs: (samples) => samples.length };
const missing: Missing = { reason: 'there is no such network here' };
const evaluators: AvailableEvaluators = { features: missing, perceptual, classifier };
const options: TaskOptions = { outputs: 2, fid: 'mine', seed: 1 };
const context: TaskContext = { sampler, load, metrics: metricTable, evaluators, imageSize: sizes.imageSize, options };
const collected = collectScores({ ...context, evaluators: { ...evaluators, features } }, options.outputs, 'only two are made');
const guidances: readonly Guidance[] = GUIDANCES;
for (const task of listTasks(domains.length) satisfies Task[]) {
  const styles: TaskStyles =
    task.guidance === guidances[0]
      ? latentTaskStyles(sampler, task, { outputs: options.outputs, latentDim: sizes.latentDim, seed: 1 })
      : await referenceTaskStyles(sampler, task, domains[task.target]!, { ...options, imageSize: sizes.imageSize, load });
  const scores: TaskScores | undefined = await evaluateTask({ ...context, collected }, task, domains[task.source]!, styles);
  console.log(task.guidance, scores?.translations, scores?.scores.values);
  styles.dispose();
}
classifier.dispose();
tf.dispose(sampler.weights);
