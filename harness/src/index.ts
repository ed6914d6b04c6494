export { parseConfig, resolveConfig, type ConfigSources } from './config/resolve.js';
export { PRESETS } from './config/presets.js';
export { configSchema, type Config } from './config/schema.js';
export type { Judge } from './model/judge.js';
export {
  buildNetworks,
  NETWORK_NAMES,
  type Architecture,
  type AveragedName,
  type ModelConfig,
  type NetworkName,
  type Networks,
  type WeightsOf,
} from './model/networks.js';
export { planTraining, type PlanOptions, type StateBytes, type TrainingPlan } from './planning/plan-training.js';
export {
  cycleStrip,
  latentGrid,
  referenceGrid,
  type DrawingOptions,
  type LabelledImages,
  type LatentGridOptions,
} from './sampling/grids.js';
export type { Pixels } from './sampling/pixels.js';
export { translate, type ImageBatch, type Sampler } from './sampling/translate.js';
export { type Batch } from './training/batch.js';
export { readAverages, readState, writeCheckpoint } from './training/checkpoint.js';
export { discriminatorGradients, type DiscriminatorInputs, type DiscriminatorOptions } from './training/discriminator-step.js';
export { generatorGradients, type GeneratorInputs, type GeneratorOptions, type StyleSource } from './training/generator-step.js';
export { trainIteration, type IterationConfig, type Losses } from './training/iteration.js';
export { findCheckpoint, readRunRecord, type RunRecord } from './training/run-directory.js';
export {
  buildOptimizers,
  disposeState,
  initialState,
  type OptimizerConfig,
  type Optimizers,
  type TrainingState,
} from './training/state.js';
export { train, type TrainOptions, type TrainResult } from './training/train.js';
export { requireWeights, findWeights, weightsAdvice, type StoredWeights } from './weights/weights-cache.js';
export { WEIGHT_KINDS, type WeightKind } from './weights/kinds.js';
export { UsageError } from './usage-error.js';
export { writeReport } from './report/write-report.js';
