import * as tf from '@tensorflow/tfjs';
import {
  compileSampler,
  cycleStrip,
  latentGrid,
  loadModel,
  openModel,
  otherDomains,
  type Compile,
  type CompiledSampler,
  type DomainChoice,
  type FileContent,
  type FolderSource,
  type LabelledImages,
  type LoadModelOptions,
  type Model,
  type ModelRecord,
  type OpenedModel,
  type OpenModelOptions,
  type Pixels,
  type PsiOptions,
  type Sampler,
  type TranslateOptions,
} from '@stargan/training';

// A trained run, from wherever it is.
const bytes: FileContent = new Uint8Array();
const sources: FolderSource[] = ['runs/01', new URL('https://example.org/cats'), { 'config.json': bytes }];
const how: OpenModelOptions = { iteration: 20, verify: 'sizes', onPassedOver: ({ path, reason }) => console.log(path, reason) };
const plain: Compile = (f) => Object.assign((...given: Parameters<typeof f>) => f(...given), { dispose: () => undefined });
const compiled: LoadModelOptions = { ...how, compile: plain };
const model: Model = await loadModel(sources[0]!, compiled);

const domain: DomainChoice = model.domains[0]!;
const psi: PsiOptions = { psi: 0.7 };
const options: TranslateOptions = { to: domain, seed: 1, ...psi };
const image = tf.zeros<tf.Rank.R4>([1, model.imageSize, model.imageSize, 3]);
const translated: tf.Tensor4D = model.translate(image, options);
const style: tf.Tensor2D = model.encodeStyle(translated, 0);
const mapped: tf.Tensor2D = model.mapLatent(tf.zeros<tf.Rank.R2>([1, model.latentDim]), domain, psi);
console.log(style.shape[1] === model.styleDim);
tf.dispose([translated, style, mapped]);

// What it is made of, and grids of what it makes.
const opened: OpenedModel = await openModel('runs/01');
const record: ModelRecord = opened;
const sampler: Sampler = opened;
console.log(opened.checkpoint.iteration, record.domains, record.config.imageSize);
const labelled: LabelledImages = { size: 16, data: new Float32Array(2 * 16 * 16 * 3), domains: [0, 1] };
const grids: Pixels[] = [
  await latentGrid(sampler, labelled, { domains: 2, latentDim: model.latentDim, rows: 3, psi: 0.7, seed: 1 }),
  await cycleStrip(model, labelled, otherDomains(labelled)),
];
const replayed: CompiledSampler = compileSampler(sampler, plain);
console.log(grids.length, replayed.sampler.networks.generator.specs.length);
replayed.dispose();
model.dispose();
