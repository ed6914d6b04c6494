export { type CheckpointFile, type CheckpointManifest } from './checkpoint-manifest.js';
export { type CheckpointFolder } from './checkpoint-names.js';
export { type DataByDtype, type Dtype, type StoredDtype, type TensorData } from './dtypes.js';
export {
  findLatestCheckpoint,
  listCheckpoints,
  pruneCheckpoints,
  type BrokenCheckpoint,
  type Checkpoint,
  type CheckpointList,
  type FindOptions,
} from './find-checkpoints.js';
export { type SafetensorsHeader, type TensorEntry } from './safetensors-header.js';
export {
  openSafetensors,
  readSafetensors,
  type SafetensorsContent,
  type SafetensorsFile,
  type StoredTensor,
} from './safetensors-reader.js';
export { writeSafetensors, type TensorSource, type TensorSources } from './safetensors-writer.js';
export { saveCheckpoint, type CheckpointContent } from './save-checkpoint.js';
