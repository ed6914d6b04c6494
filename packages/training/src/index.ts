export {
  ABLATION_CONFIGS,
  ABLATION_NAMES,
  type AblationConfig,
  ablationConfig,
  type AblationName,
  updatesPerIteration,
} from './config/ablation.js';
export {
  dimension,
  fraction,
  rate,
  requireFirstWidth,
  type TrainingConfig,
  trainingConfigSchema,
  trainingFields,
  whole,
} from './config/schema.js';
export { averageFiles, checkpointDirectory, readAverages, readState, writeCheckpoint } from './files/checkpoint.js';
export {
  readStoredTensors,
  restoreTensors,
  storedConstants,
  type StoredGroups,
  storedTensors,
  type StoredTensorsOptions,
} from './files/stored-weights.js';
export { overParts, splitBatch } from './iteration/accumulate.js';
export { type Batch, imagesPerIteration } from './iteration/batch.js';
export { disposeBatch, latentCodes, tensorBatch } from './iteration/batches.js';
export {
  addWeighted,
  discriminatorGradients,
  type DiscriminatorInputs,
  type DiscriminatorOptions,
} from './iteration/discriminator-step.js';
export {
  describeFault,
  findNonFinite,
  findNonFiniteUpdate,
  type NonFiniteTensor,
  type StateValues,
  stateValues,
  type TensorRole,
} from './iteration/finite.js';
export {
  generatorGradients,
  type GeneratorInputs,
  type GeneratorOptions,
  type StyleSource,
  TRAINED_NETWORKS,
  trainedNetworks,
} from './iteration/generator-step.js';
export { type IterationConfig, type Losses, trainIteration } from './iteration/iteration.js';
export {
  buildOptimizers,
  disposeMoments,
  disposeState,
  initialState,
  type OptimizerConfig,
  type Optimizers,
  stateFromWeights,
  type TrainingState,
} from './iteration/state.js';
export { sumGradients } from './iteration/sum-gradients.js';
export { buildJudge, type Judge } from './networks/judge.js';
export {
  type Architecture,
  AVERAGED_NAMES,
  type AveragedName,
  buildNetworks,
  type ModelConfig,
  NETWORK_NAMES,
  type NetworkName,
  type Networks,
  type WeightsOf,
  withParameters,
} from './networks/networks.js';
export { describeOverflow, findOverflow, type ProbeSizes } from './networks/probe.js';
export { labelCodes, latentCodesWithLabels, type StyleNetwork, type StyleNetworks } from './networks/style-codes.js';
export { copyWeights, disposeAll, initialWeights, joinWeights, mapNames, splitWeights } from './networks/weights.js';
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
  imagesTogether,
  joinImages,
  type Sampler,
  selectImages,
  toTensor,
  translate,
} from './sampling/translate.js';
export { averageStyle, truncateStyle } from './sampling/truncation.js';
export { turnEventLoop } from './yield-to-event-loop.js';
