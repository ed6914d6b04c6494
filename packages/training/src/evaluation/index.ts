export { accuracyOnReals, openClassifier, type OpenClassifierOptions } from './classifier.js';
export { measureDiscriminator, type DiscriminatorNumbers, type MeasureDiscriminatorOptions } from './discriminator-numbers.js';
export type { EvaluationDomain, ImageFile, LoadImages } from './domain.js';
export {
  collectScores,
  evaluateTask,
  FEATURE_LENGTH,
  type AvailableEvaluators,
  type FeatureEvaluator,
  type Missing,
  type PerceptualEvaluator,
  type TaskContext,
  type TaskOptions,
  type TaskScores,
} from './evaluate-task.js';
export { measureHeldOut, type GuidedNumbers, type HeldOutNumbers, type HeldOutOptions } from './held-out-numbers.js';
export { GUIDANCES, latentTaskStyles, listTasks, referenceTaskStyles, type Guidance, type Task, type TaskStyles } from './tasks.js';
