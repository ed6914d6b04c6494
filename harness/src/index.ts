export { parseConfig, resolveConfig, type ConfigSources } from './config/resolve.js';
export { PRESETS } from './config/presets.js';
export { configSchema, type Config } from './config/schema.js';
export type { DomainDiscriminator } from '@stargan/training';
export {
  buildNetworks,
  NETWORK_NAMES,
  type ArchitectureConfig,
  type EmaNetwork,
  type ModelConfig,
  type NetworkName,
  type Networks,
  type WeightsOf,
} from '@stargan/training';
export { planTraining, type PlanOptions, type StateBytes, type TrainingPlan } from './planning/plan-training.js';
export { cycleStrip, latentGrid, referenceGrid, type DrawingOptions, type LabelledImages, type LatentGridOptions } from '@stargan/training';
export type { Pixels } from '@stargan/training';
export { translate, type ImageBatch, type Sampler } from '@stargan/training';
export { type Batch } from '@stargan/training';
export { readAverages, readState, writeCheckpoint } from '@stargan/training';
export { discriminatorGradients, type DiscriminatorInputs } from '@stargan/training';
export { generatorGradients, type GeneratorInputs, type StyleSource, type TermConfig } from '@stargan/training';
export { trainIteration, type IterationConfig, type Losses } from '@stargan/training';
export { findCheckpoint, readRunRecord, type RunRecord } from './run/run-directory.js';
export { buildOptimizers, disposeState, initialState, type OptimizerConfig, type Optimizers, type TrainingState } from '@stargan/training';
export { train, type TrainOptions, type TrainResult } from './training/train.js';
export { requireWeights, findWeights, weightsAdvice, type StoredWeights } from './weights/weights-cache.js';
export { WEIGHT_KINDS, type WeightKind } from './weights/kinds.js';
export { UsageError } from './usage-error.js';
export { writeReport } from './report/write-report.js';
