import * as tf from '@tensorflow/tfjs';
import {
  averageFiles,
  averageStyle,
  checkpointDirectory,
  countImages,
  createCanvas,
  cycleStrip,
  easedWeights,
  encodeStyles,
  interpolate,
  joinImages,
  latentGrid,
  latentStyles,
  loadModel,
  openModel,
  otherDomains,
  PICTURE_PIXELS,
  readAverages,
  readState,
  readStoredTensors,
  referenceGrid,
  restoreTensors,
  selectImages,
  shrinkToFit,
  slidingColumn,
  storedConstants,
  storedTensors,
  tileImages,
  toByte,
  toTensor,
  translate,
  truncateStyle,
  writeCheckpoint,
  yieldToEventLoop,
  type Canvas,
  type CanvasLayout,
  type DomainChoice,
  type DrawingOptions,
  type FileContent,
  type FloatImage,
  type FolderSource,
  type ImageBatch,
  type LabelledImages,
  type LatentGridOptions,
  type Model,
  type ModelRecord,
  type OpenedModel,
  type OpenModelOptions,
  type Pixels,
  type PsiOptions,
  type Sampler,
  type StoredGroups,
  type StoredTensorsOptions,
  type TranslateOptions,
} from '@stargan/training';

// A trained run, from wherever it is.
const bytes: FileContent = new Uint8Array();
const sources: FolderSource[] = ['runs/01', new URL('https://example.org/cats'), { 'config.json': bytes }];
const model: Model = await loadModel(sources[0]!, {
  iteration: 20,
  verify: 'sizes',
  onPassedOver: ({ path, reason }) => console.log(path, reason),
});
const domain: DomainChoice = model.domains[0]!;
const psi: PsiOptions = { psi: 0.7 };
const options: TranslateOptions = { to: domain, seed: 1, ...psi };
const image = tf.zeros<tf.Rank.R4>([1, model.imageSize, model.imageSize, 3]);
const translated: tf.Tensor4D = model.translate(image, options);
const style: tf.Tensor2D = model.encodeStyle(translated, 0);
const mapped: tf.Tensor2D = model.mapLatent(tf.zeros<tf.Rank.R2>([1, model.latentDim]), domain, psi);
console.log(style.shape[1] === model.styleDim);

// What that is made of.
const how: OpenModelOptions = { iteration: 20 };
const opened: OpenedModel = await openModel('runs/01', how);
const record: ModelRecord = opened;
const sampler: Sampler = opened;
const weights = await readAverages(opened.networks, opened.checkpoint);
const state = await readState(opened.networks, opened.checkpoint);
await writeCheckpoint('runs/02', opened.networks, state, 3);
console.log(checkpointDirectory('runs/02'), averageFiles(), record.domains, record.config.imageSize);

// Grids of pixels.
const images: ImageBatch = { size: 16, data: new Float32Array(16 * 16 * 3) };
const labelled: LabelledImages = { ...joinImages([images, selectImages(images, [0])]), domains: [0, 1] };
const drawing: DrawingOptions = { signal: new AbortController().signal };
const ofLatents: LatentGridOptions = { domains: 2, latentDim: 16, rows: 3, psi: 0.7, seed: 1, ...drawing };
const grids: Pixels[] = [
  await latentGrid(sampler, images, ofLatents),
  await referenceGrid(model, images, labelled, drawing),
  await cycleStrip(model, labelled, otherDomains(labelled), drawing),
  tileImages(images.data, 16, 16, countImages(images)),
];
const layout: CanvasLayout = { rows: 1, columns: 2, size: 16, maxPixels: PICTURE_PIXELS };
const canvas: Canvas = createCanvas(layout);
canvas.place(0, 0, translate(sampler, images, encodeStyles(sampler, images, [0])).data);
console.log(grids.length, shrinkToFit(layout), toByte(0), toTensor(images).shape);

// Styles in between, and a video's columns.
const styles = latentStyles(sampler, { domain: 0, latentDim: 16, count: 2, psi: 1, seed: 1 });
const average = averageStyle(model.networks.mappingNetwork, weights.mappingNetwork, tf.zeros([10, 16]), 0);
truncateStyle(styles, average, 0.5).dispose();
const frame: FloatImage = { height: 16, width: 16, data: images.data };
const [first] = slidingColumn(frame, frame, 2);
console.log(first?.width, easedWeights().map((weight) => interpolate(images.data, images.data, weight)).length);
await yieldToEventLoop();

// A network's file.
const { specs } = model.networks.generator;
const named: StoredTensorsOptions = { prefixes: [''], path: 'generator.safetensors' };
const { groups, metadata }: StoredGroups = await readStoredTensors(bytes, specs, named);
tf.dispose([groups, restoreTensors(specs, {}, 'generator.safetensors'), [translated, style, mapped]]);
console.log(metadata, [...storedTensors(specs, model.weights.generator), ...storedConstants(model.networks.generator)].length);
model.dispose();
