export { type FileContent, type FolderSource } from '@stargan/checkpoints';
export {
  ABLATION_CONFIGS,
  ABLATION_NAMES,
  type AblationConfig,
  ablationConfig,
  type AblationName,
  updatesPerIteration,
} from './config/ablation.js';
export { type FieldRow, fieldRows, fieldTable } from '@stargan/config';
export { type RenamedConfig, renameKeys } from './config/renamed-keys.js';
export { type TrainingConfig, trainingFields } from './config/training-config.js';
export {
  type ChoiceField,
  type ConfigOf,
  count,
  defaultsOf,
  dimension,
  type Field,
  type Fields,
  type FlagField,
  fraction,
  type NumberField,
  type NumberRange,
  type TextField,
  rate,
} from '@stargan/config';
export { averageFile, averageFiles, optimizerFile, weightsFile } from './files/file-names.js';
export { type ModelRecord, type OpenedRecord, parseStoredRecord, RECORD_FILE, type StoredRecord } from './files/model-record.js';
export { findModel, type FoundModel, openModel, type OpenedModel, type OpenModelOptions } from './files/open-model.js';
export { filesOf, readAverages } from './files/read-averages.js';
export { describeFinding, findUnusable, type NonFiniteFinding } from './files/state-faults.js';
export {
  readStoredTensors,
  restoreTensors,
  ROUNDED_WEIGHTS,
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
  type LabelForm,
  labelForm,
  latentCodes,
  splitBatch,
  tensorBatch,
} from './iteration/batch.js';
export { type AugmentationDraw } from './iteration/augmentation.js';
export { type Compile, type Compiled, type CompileOptions } from '@stargan/ops';
export { type BatchConfig, type ObjectiveConfig, type OptimizerConfig } from './iteration/config-fields.js';
export { discriminatorGradients, type DiscriminatorInputs } from './iteration/discriminator-step.js';
export {
  describeFault,
  findNonFinite,
  findNonFiniteUpdate,
  type NonFiniteTensor,
  stateValues,
  type StateValues,
  type TensorRole,
} from './iteration/finite.js';
export { generatorGradients, type GeneratorInputs, type StyleSource } from './iteration/generator-step.js';
export { overParts } from './iteration/gradients.js';
export { type IterationConfig, type Losses } from './iteration/iteration-config.js';
export { type IterationOptions, trainingIteration, type TrainingIteration, trainIteration } from './iteration/iteration.js';
export { type DiscriminatorReadings, type GeneratorReadings, type Objective, OBJECTIVE } from './iteration/objective.js';
export {
  buildOptimizers,
  disposeState,
  frozenOf,
  initialState,
  type Optimizers,
  stateFromWeights,
  type TrainingState,
} from './iteration/state.js';
export { stateNorms } from './iteration/state-norms.js';
export { type Factors, type Term, type TermConfig } from './iteration/terms.js';
export { loadModel, type LoadModelOptions, type Model, type PsiOptions, type TranslateOptions } from './load-model.js';
export { type DomainChoice } from './load-model-arguments.js';
export { type DomainDiscriminator } from './networks/build-discriminator.js';
export { type ArchitectureConfig, type SizeConfig, PARAMETER_KEYS } from './networks/config-fields.js';
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
export { describeNames } from './networks/describe-names.js';
export { type Frozen, selectFrozen, trainedSpecs } from './networks/freeze.js';
export { namedParameters, type NamedParameter, REFERENCE_NAMES } from './networks/reference-names.js';
export { describeOverflow, findOverflow, type ProbeSizes } from './networks/probe.js';
export { type StyleNetwork, type StyleNetworks } from './networks/style-codes.js';
export { copyWeights, disposeAll, initialWeights, mapNames, splitWeights } from './networks/weights.js';
export { type Canvas, type CanvasLayout, createCanvas, PICTURE_PIXELS, shrinkToFit } from './sampling/canvas.js';
export { compileSampler, type CompiledSampler } from './sampling/compile-sampler.js';
export { describeGridBounds, type GridExtent, gridPasses, gridScale, shownDomainsOf } from './sampling/grid-bounds.js';
export {
  cycleStrip,
  type DrawingOptions,
  latentGrid,
  type LatentGridOptions,
  latentStyles,
  otherDomains,
  referenceGrid,
} from './sampling/grids.js';
export { easedWeights, type FloatPixels, interpolate, slidingColumn } from './sampling/interpolation.js';
export { type Pixels, tileImages, toByte } from './sampling/pixels.js';
export type { LabelledImages, SquareImages } from '@stargan/metrics';
export { countImages, encodeStyles, joinImages, type Sampler, selectImages, toTensor, translate } from './sampling/translate.js';
export { samplerOfDomains } from './sampling/some-domains.js';
export { averageStyle, truncateStyle } from './sampling/truncation.js';
export {
  describePretrained,
  describeTransfer,
  type ParameterCount,
  summarizeTransfer,
  type TransferSummary,
} from './transfer/describe-transfer.js';
export {
  findPretrained,
  type FindPretrainedOptions,
  type Pretrained,
  type PretrainedKind,
  type PretrainedWeights,
  type WeightsOrigin,
} from './transfer/find-pretrained.js';
export {
  type DomainAxis,
  type DroppedParameter,
  planTransfer,
  type TransferModel,
  type TransferOptions,
  type TransferPlan,
  type TransferredParameter,
} from './transfer/plan-transfer.js';
export { type PretrainedState, stateFromPretrained } from './transfer/state-from-pretrained.js';
export { transferWeights } from './transfer/transfer-weights.js';
export { yieldToEventLoop } from './yield-to-event-loop.js';
