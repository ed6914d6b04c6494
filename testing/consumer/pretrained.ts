import * as tf from '@tensorflow/tfjs';
import { plainly } from '@stargan/ops';
import {
  addWeights,
  discardDownload,
  download,
  fetchWeights,
  fileChecksum,
  findWeights,
  KINDS,
  openFeatureNetwork,
  openPerceptualDistance,
  requireWeights,
  sourceOf,
  WEIGHT_KINDS,
  weightsAdvice,
  weightsFolder,
  type AddOptions,
  type DownloadOptions,
  type FeatureNetwork,
  type FeatureNetworkOptions,
  type FetchOptions,
  type FileRecord,
  type KindDescription,
  type MissingWeights,
  type PerceptualDistance,
  type StoredWeights,
  type UsedWeights,
  type WeightKind,
  type WeightsRecord,
} from '@stargan/pretrained';

const kind: WeightKind = WEIGHT_KINDS[0];
const description: KindDescription = KINDS[kind];
const downloading: DownloadOptions = { sha256: description.sha256 ?? '00', retries: 1 };
await download(sourceOf(kind), 'weights.pth', downloading);
await discardDownload('weights.pth');
const fetching: FetchOptions = { from: 'https://mirror.example/', onProgress: (done, total) => console.log(done, total) };
const adding: AddOptions = { kind, folder: weightsFolder() };
const stored: StoredWeights = (await findWeights(kind)) ?? (await fetchWeights(kind, fetching));
const record: WeightsRecord = await addWeights('weights.pth', adding);
const result: FileRecord = record.result;
console.log(result.bytes, stored.file, await fileChecksum(stored.file), weightsAdvice(kind), (await requireWeights(kind)).kind);

const compiling: FeatureNetworkOptions = { compile: plainly };
const network: FeatureNetwork | MissingWeights = await openFeatureNetwork('fid-clean', weightsFolder(), compiling);
const distance: PerceptualDistance | MissingWeights = await openPerceptualDistance();
if (!('reason' in network)) {
  const used: readonly UsedWeights[] = network.weights;
  console.log(used, await network.features([{ width: 1, height: 1, data: new Uint8Array(3), notes: undefined }], 256));
}
if (!('reason' in distance)) console.log(distance.meanOverPairs([tf.zeros([1, 64, 64, 3]), tf.ones([1, 64, 64, 3])]));
