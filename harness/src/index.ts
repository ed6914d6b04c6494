export { parseConfig, resolveConfig, type ConfigSources } from '@stargan/run';
export { PRESETS } from '@stargan/run';
export { configFields, type Config } from '@stargan/run';
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
export {
  planTraining,
  trainingWorkload,
  type MemoryPlan,
  type PlanOptions,
  type StateBytes,
  type TrainingWorkload,
  type WorkloadOptions,
} from '@stargan/training/planning';
export { cycleStrip, latentGrid, referenceGrid, type DrawingOptions, type LabelledImages, type LatentGridOptions } from '@stargan/training';
export type { Pixels } from '@stargan/training';
export { translate, type SquareImages, type Sampler } from '@stargan/training';
export { type Batch } from '@stargan/training';
export { readAverages, readState, writeCheckpoint } from '@stargan/training';
export { discriminatorGradients, type DiscriminatorInputs } from '@stargan/training';
export { generatorGradients, type GeneratorInputs, type StyleSource, type TermConfig } from '@stargan/training';
export { trainIteration, type IterationConfig, type Losses } from '@stargan/training';
export { findCheckpoint, readRunRecord, type RunRecord } from '@stargan/run';
export { buildOptimizers, disposeState, initialState, type OptimizerConfig, type Optimizers, type TrainingState } from '@stargan/training';
export { replayed } from './replay.js';
export { train, type TrainOptions, type TrainResult } from './training/train.js';
export { findWeights, requireWeights, WEIGHT_KINDS, weightsAdvice, type StoredWeights, type WeightKind } from '@stargan/pretrained';
export { UsageError } from './usage-error.js';
export { writeReport } from './report/write-report.js';
