import * as tf from '@tensorflow/tfjs';
import {
  ABLATION_CONFIGS,
  ABLATION_NAMES,
  ablationConfig,
  averageFiles,
  averageStyle,
  buildNetworks,
  buildOptimizers,
  checkpointDirectory,
  copyWeights,
  count,
  countImages,
  createCanvas,
  cycleStrip,
  defaultsOf,
  describeFault,
  describeOverflow,
  dimension,
  discriminatorGradients,
  disposeAll,
  disposeBatch,
  disposeState,
  easedWeights,
  EMA_NETWORKS,
  encodeStyles,
  fieldRows,
  fieldTable,
  findNonFinite,
  findNonFiniteUpdate,
  findOverflow,
  fraction,
  generatorGradients,
  imagesPerIteration,
  initialState,
  initialWeights,
  interpolate,
  joinImages,
  latentCodes,
  latentGrid,
  latentStyles,
  loadModel,
  mapNames,
  openModel,
  otherDomains,
  NETWORK_NAMES,
  OBJECTIVE,
  overParts,
  PICTURE_PIXELS,
  rate,
  readAverages,
  readState,
  readStoredTensors,
  referenceGrid,
  renameKeys,
  restoreTensors,
  selectImages,
  shrinkToFit,
  slidingColumn,
  splitBatch,
  stateNorms,
  splitWeights,
  stateFromWeights,
  stateValues,
  storedConstants,
  storedTensors,
  tensorBatch,
  tileImages,
  toByte,
  toTensor,
  trainingFields,
  trainIteration,
  translate,
  truncateStyle,
  yieldToEventLoop,
  updatesPerIteration,
  writeCheckpoint,
  type ArchitectureConfig,
  type Batch,
  type BatchConfig,
  type Canvas,
  type CanvasLayout,
  type ChoiceField,
  type ConfigOf,
  type DecodedImages,
  type DiscriminatorInputs,
  type DiscriminatorReadings,
  type DomainDiscriminator,
  type DomainChoice,
  type DrawingOptions,
  type EmaNetwork,
  type Field,
  type FieldRow,
  type Fields,
  type FlagField,
  type TextField,
  type FloatPixels,
  type GeneratorInputs,
  type GeneratorReadings,
  type SquareImages,
  type IterationConfig,
  type LabelledImages,
  type LatentGridOptions,
  type Losses,
  type Model,
  type ModelConfig,
  type ModelRecord,
  type OpenedModel,
  type OpenModelOptions,
  type PsiOptions,
  type TranslateOptions,
  type NetworkName,
  type Networks,
  type NonFiniteTensor,
  type NumberField,
  type NumberRange,
  type Objective,
  type ObjectiveConfig,
  type OptimizerConfig,
  type Optimizers,
  type Pixels,
  type ProbeSizes,
  type RenamedConfig,
  type AblationConfig,
  type AblationName,
  type Sampler,
  type SizeConfig,
  type StateValues,
  type StoredGroups,
  type StoredTensorsOptions,
  type StyleNetwork,
  type StyleNetworks,
  type StyleSource,
  type TensorRole,
  type Term,
  type TermConfig,
  type TrainingConfig,
  type TrainingState,
  type WeightsOf,
} from '@stargan/training';

// A configuration, and slices of it.
const renamed: RenamedConfig = renameKeys({ accumulate: 2, imageSize: 16 });
const config: TrainingConfig = {
  ...defaultsOf(trainingFields),
  ...(renamed.values as Partial<TrainingConfig>),
  widthBudget: 32,
  maxWidth: 4,
  batch: 2,
};
const sizes: SizeConfig = config;
const architecture: ArchitectureConfig = config;
const batches: BatchConfig = config;
const rates: OptimizerConfig = config;
const weighted: ObjectiveConfig = { ...defaultsOf(trainingFields), lambdaCycle: 2 };
const model: ModelConfig = { ...sizes, convolution: architecture.convolution };
const own = {
  lambda: { ...rate, default: 1, description: 'A weight.' },
  share: { ...fraction, default: 0.5, description: 'A share.' },
  width: { ...dimension, default: 4, description: 'A width.' },
  steps: { ...count, default: 10, description: 'A count.' },
  mode: { kind: 'choice', values: ['one', 'other'], default: 'one', description: 'A choice.' },
  isShown: { kind: 'flag', default: true, description: 'A flag.' },
  label: { kind: 'text', default: '', description: 'A text.' },
} as const satisfies Fields;
const range: NumberRange = rate;
const mode: ConfigOf<typeof own>['mode'] = 'other';
const [field, choice]: [Field & NumberField, ChoiceField] = [own.lambda, own.mode];
const flag: FlagField = own.isShown;
const text: TextField = own.label;
const isShown: ConfigOf<typeof own>['isShown'] = false;
const rows: FieldRow[] = fieldRows(own);
console.log(
  isShown,
  flag.default,
  text.default,
  mode,
  range.minimum,
  field.kind,
  choice.values,
  rows[0]?.values,
  fieldTable(own),
  batches.batch,
  rates.beta1,
);

const ablations: Record<string, AblationConfig> = ABLATION_CONFIGS;
const ablation: AblationName = ABLATION_NAMES[0]!;
console.log(ablations[ablation]?.title, updatesPerIteration(ablationConfig(config, ablation)).generator);

// Networks, optimisers, state.
const networks: Networks = buildNetworks(model, 2);
const styleNetworks: StyleNetworks = networks;
const mapping: StyleNetwork = styleNetworks.mappingNetwork;
const critic: DomainDiscriminator = networks.discriminator;
const optimizers: Optimizers = buildOptimizers(config);
const state: TrainingState = initialState(networks, optimizers, 1);
const again: TrainingState = stateFromWeights(
  copyWeights(initialWeights(networks, NETWORK_NAMES, 2), NETWORK_NAMES),
  initialWeights(networks, EMA_NETWORKS, 2),
  optimizers,
);

// A batch, its halves, and an iteration with a term of our own.
const pixels = new Float32Array(2 * 16 * 16 * 3);
const decoded: DecodedImages = {
  iteration: 0,
  source: { images: pixels, domains: [0, 1] },
  reference: { images: pixels, images2: pixels, domains: [1, 0] },
};
const batch: Batch = tensorBatch(decoded, 16, config.latentDim, 1);
const term: Term<GeneratorReadings, 'image' | 'fake'> = {
  name: 'near',
  weight: ({ lambdaCycle }: TermConfig) => lambdaCycle,
  reads: ['image', 'fake'],
  of: ({ image, fake }) => tf.losses.absoluteDifference(image, fake),
};
const critics: readonly Term<DiscriminatorReadings>[] = OBJECTIVE.discriminator;
const objective: Objective = { discriminator: critics, generator: [...OBJECTIVE.generator, term] };
const updates: IterationConfig = { ...weighted, gradientAccumulation: 2 };
const losses: Losses = trainIteration(networks, optimizers, state, batch, updates, objective);
console.log(losses['G/latent_near'], imagesPerIteration(config), latentCodes(1, 4, 1, 'mine').length);

// The steps alone.
const inputs: DiscriminatorInputs = { ...batch, fake: batch.reference };
const step = overParts(splitBatch(batch, 2), (part) =>
  discriminatorGradients(networks, state.weights.discriminator, { ...part, fake: part.reference }, weighted),
);
tf.dispose([step, discriminatorGradients(networks, state.weights.discriminator, inputs)]);
const styles: StyleSource = { guidance: 'latent', latent: batch.latent, latent2: batch.latent2 };
const generatorInputs: GeneratorInputs = { ...batch, styles };
const { gradients, value, auxiliary } = generatorGradients(networks, state.weights, generatorInputs, weighted);
const byNetwork: WeightsOf<'generator'> = splitWeights(gradients, ['generator']);
tf.dispose([byNetwork, value, auxiliary]);
tf.dispose(critic.apply(state.weights.discriminator, batch.image, [0, 1]));

// Faults.
const fault: NonFiniteTensor | undefined = findNonFinite(state) ?? findNonFiniteUpdate(again);
const role: TensorRole | undefined = fault?.role;
if (fault !== undefined) console.log(describeFault(fault), role);
const norms: Record<string, number> = stateNorms(state);
console.log(norms['gradientNorm/generator']);
for (const values of stateValues(state)) console.log((values satisfies StateValues).name);
const probe: ProbeSizes = { imageSize: 16, latentDim: 16, batch: 2 };
const overflow: NetworkName | undefined = findOverflow(networks, state.weights, 2, probe);
if (overflow !== undefined) console.log(describeOverflow(overflow));

// Pictures.
const sampler: Sampler = { networks, weights: state.ema };
const images: SquareImages = { size: 16, data: pixels };
const labelled: LabelledImages = { ...joinImages([selectImages(images, [1]), selectImages(images, [0])]), domains: [0, 1] };
const drawing: DrawingOptions = { signal: new AbortController().signal };
const grid: LatentGridOptions = { ...drawing, domains: 2, latentDim: 16, rows: 1, psi: 0.7, seed: 1 };
const pictures: Pixels[] = [
  await latentGrid(sampler, images, grid),
  await referenceGrid(sampler, images, otherDomains(labelled), drawing),
  await cycleStrip(sampler, labelled, labelled),
  tileImages(images.data, 16, 16, 2),
];
const style = latentStyles(sampler, { domain: 0, latentDim: 16, count: 2, psi: 1, seed: 1 });
const mean = averageStyle(mapping, state.ema.mappingNetwork, batch.latent, 0);
tf.dispose([truncateStyle(style, mean, 0.5), encodeStyles(sampler, images, [0, 1]), toTensor(images)]);
console.log(pictures.length, countImages(translate(sampler, images, style)));
const layout: CanvasLayout = { rows: 1, columns: 2, size: 16, maxPixels: PICTURE_PIXELS };
const canvas: Canvas = createCanvas(layout);
canvas.place(0, 0, interpolate(pixels, pixels, easedWeights()[0]!));
const image: FloatPixels = { height: 16, width: 16, data: pixels.subarray(0, 16 * 16 * 3) };
console.log(shrinkToFit(layout), slidingColumn(image, image, 2).length, toByte(0.5));
await yieldToEventLoop();

// Files.
const ema: WeightsOf<EmaNetwork> = state.ema;
const stored = mapNames(EMA_NETWORKS, (name) => [...storedTensors(networks[name].specs, ema[name]), ...storedConstants(networks[name])]);
const options: StoredTensorsOptions = { prefixes: [''] };
export const read = async (file: string): Promise<StoredGroups> => readStoredTensors(file, networks.generator.specs, options);
export const reading = [writeCheckpoint, readAverages, readState, restoreTensors, checkpointDirectory, averageFiles];
console.log(stored.generator.length);
disposeAll(...Object.values(ema));
disposeBatch(batch);
disposeState(state);
disposeState(again);
