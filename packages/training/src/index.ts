export { type Rung, RUNG_NAMES, rungConfig, type RungName, RUNGS, updatesPerIteration } from './config/rungs.js';
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
export { type FileContent, type FolderSource } from '@stargan/checkpoints';
export { averageFiles } from './files/file-names.js';
export { openModel, type OpenedModel, type OpenModelOptions } from './files/open-model.js';
export { type ModelRecord } from './files/model-record.js';
export { readAverages } from './files/read-averages.js';
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
export { loadModel, type Model, type PsiOptions, type TranslateOptions } from './load-model.js';
export { type DomainChoice } from './load-model-arguments.js';
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
export { type Canvas, type CanvasLayout, createCanvas, PICTURE_PIXELS, shrinkToFit } from './sampling/canvas.js';
export {
  cycleStrip,
  type DrawingOptions,
  type LabelledImages,
  latentGrid,
  type LatentGridOptions,
  latentStyles,
  otherDomains,
  referenceGrid,
} from './sampling/grids.js';
export { easedWeights, type FloatImage, interpolate, slidingColumn } from './sampling/interpolation.js';
export { type Pixels, tileImages, toByte } from './sampling/pixels.js';
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
export { yieldToEventLoop } from './yield-to-event-loop.js';
