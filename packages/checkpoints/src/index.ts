export { cacheFolder, findCacheFolder, type CacheUser } from './cache-folder.js';
export { type CheckOptions, type CheckpointFile, type CheckpointManifest } from './checkpoint-manifest.js';
export { type CheckpointFolder } from './checkpoint-names.js';
export { type DataByDtype, type Dtype, type StoredDtype, type TensorData, type WrittenDtype } from './dtypes.js';
export { findLatestCheckpoint, listCheckpoints, pruneCheckpoints, type CheckpointList, type PruneOptions } from './find-checkpoints.js';
export {
  openCheckpoint,
  openLatestCheckpoint,
  type BrokenCheckpoint,
  type Checkpoint,
  type FindOptions,
  type OpenedCheckpoint,
} from './open-checkpoint.js';
export { openFolder, type FolderSource } from './open-folder.js';
export { type FileContent, type ReadableFolder } from './readable-folder.js';
export { renameDurably, writeWholeFile } from './replace-file.js';
export { type SafetensorsHeader, type TensorEntry } from './safetensors-header.js';
export { type SafetensorsContent, type SafetensorsFile, type StoredTensor, type TensorOf } from './safetensors-content.js';
export { openSafetensors, readSafetensors } from './safetensors-reader.js';
export { writeSafetensors, type TensorSource, type TensorSources } from './safetensors-writer.js';
export { saveCheckpoint, type CheckpointContent } from './save-checkpoint.js';
export {
  openPyTorchFile,
  readPyTorchFile,
  readPyTorchTensors,
  type PyTorchFile,
  type PyTorchOptions,
  type PyTorchTensor,
} from './pytorch/open-pytorch-file.js';
export type { ComplexValue } from './pytorch/pickle-values.js';
export {
  isOpaqueValue,
  tensorsByName,
  type NameOptions,
  type OpaqueValue,
  type PyTorchDict,
  type PyTorchKey,
  type PyTorchValue,
} from './pytorch/value-tree.js';
export { writePyTorchFile, type PyTorchSource, type PyTorchSourceDict } from './pytorch/write-pytorch-file.js';
