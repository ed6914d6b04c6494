export { type FieldRow, fieldRows, fieldTable } from './config/field-rows.js';
export { parseFields } from './config/parse-fields.js';
export { type RenamedConfig, renameKeys } from './config/renamed-keys.js';
export { type Rung, RUNG_NAMES, rungConfig, type RungName, RUNGS, updatesPerIteration } from './config/rungs.js';
export { type TrainingConfig, trainingFields } from './config/training-config.js';
export {
  type ChoiceField,
  type ConfigOf,
  count,
  defaultsOf,
  dimension,
  type Field,
  type Fields,
  fraction,
  type NumberField,
  type NumberRange,
  rate,
} from './field.js';
export { averageFiles, checkpointDirectory, readAverages, readState, writeCheckpoint } from './files/checkpoint.js';
export {
  readStoredTensors,
  restoreTensors,
  storedConstants,
  type StoredGroups,
  storedTensors,
  type StoredTensorsOptions,
} from './files/stored-weights.js';
export {
  type Batch,
  type DecodedImages,
  disposeBatch,
  imagesPerIteration,
  latentCodes,
  splitBatch,
  tensorBatch,
} from './iteration/batch.js';
export { type BatchConfig, type ObjectiveConfig, type OptimizerConfig } from './iteration/config-fields.js';
export { discriminatorGradients, type DiscriminatorInputs } from './iteration/discriminator-step.js';
export {
  describeFault,
  findNonFinite,
  findNonFiniteUpdate,
  type NonFiniteTensor,
  type StateValues,
  stateValues,
  type TensorRole,
} from './iteration/finite.js';
export { generatorGradients, type GeneratorInputs, type StyleSource } from './iteration/generator-step.js';
export { overParts } from './iteration/gradients.js';
export { type IterationConfig, type Losses, trainIteration } from './iteration/iteration.js';
export { type DiscriminatorReadings, type GeneratorReadings, type Objective, OBJECTIVE } from './iteration/objective.js';
export { buildOptimizers, disposeState, initialState, type Optimizers, stateFromWeights, type TrainingState } from './iteration/state.js';
export { type Term, type TermConfig } from './iteration/terms.js';
export { type DomainDiscriminator } from './networks/build-discriminator.js';
export { type ArchitectureConfig, type SizeConfig } from './networks/config-fields.js';
export {
  buildNetworks,
  EMA_NETWORKS,
  type EmaNetwork,
  type ModelConfig,
  NETWORK_NAMES,
  type NetworkName,
  type Networks,
  type WeightsOf,
} from './networks/networks.js';
export { describeOverflow, findOverflow, type ProbeSizes } from './networks/probe.js';
export { type StyleNetwork, type StyleNetworks } from './networks/style-codes.js';
export { copyWeights, disposeAll, initialWeights, mapNames, splitWeights } from './networks/weights.js';
export {
  cycleStrip,
  type DrawingOptions,
  type LabelledImages,
  latentGrid,
  type LatentGridOptions,
  latentStyles,
  referenceGrid,
} from './sampling/grids.js';
export { easedWeights, type FloatImage, interpolate, slidingColumn } from './sampling/interpolation.js';
export {
  type Canvas,
  type CanvasLayout,
  createCanvas,
  PICTURE_PIXELS,
  type Pixels,
  shrinkToFit,
  tileImages,
  toByte,
} from './sampling/pixels.js';
export {
  countImages,
  encodeStyles,
  type ImageBatch,
  joinImages,
  type Sampler,
  selectImages,
  toTensor,
  translate,
} from './sampling/translate.js';
export { averageStyle, truncateStyle } from './sampling/truncation.js';
export { turnEventLoop } from './yield-to-event-loop.js';
