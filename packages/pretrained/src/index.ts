export { addWeights, type AddOptions } from './add-weights.js';
export { fileChecksum } from './checksum.js';
export { discardDownload, download, type DownloadOptions } from './download.js';
export { fetchWeights, sourceOf, type FetchOptions } from './fetch-weights.js';
export { KINDS, WEIGHT_KINDS, type KindDescription, type WeightKind } from './kinds.js';
export {
  openFeatureNetwork,
  type FeatureNetworkOptions,
  openPerceptualDistance,
  type FeatureNetwork,
  type MissingWeights,
  type PerceptualDistance,
  type UsedWeights,
} from './networks.js';
export {
  findWeights,
  requireWeights,
  weightsAdvice,
  weightsFolder,
  type FileRecord,
  type StoredWeights,
  type WeightsRecord,
} from './weights-cache.js';
