import * as tf from '@tensorflow/tfjs';
import {
  findLatestCheckpoint,
  isOpaqueValue,
  listCheckpoints,
  openCheckpoint,
  openFolder,
  openLatestCheckpoint,
  openPyTorchFile,
  openSafetensors,
  pruneCheckpoints,
  readPyTorchFile,
  readPyTorchTensors,
  readSafetensors,
  renameDurably,
  saveCheckpoint,
  tensorsByName,
  writePyTorchFile,
  writeSafetensors,
  writeWholeFile,
  type BrokenCheckpoint,
  type CheckOptions,
  type Checkpoint,
  type CheckpointContent,
  type CheckpointFile,
  type CheckpointFolder,
  type CheckpointList,
  type CheckpointManifest,
  type ComplexValue,
  type DataByDtype,
  type Dtype,
  type FileContent,
  type FindOptions,
  type FolderSource,
  type NameOptions,
  type OpaqueValue,
  type OpenedCheckpoint,
  type PruneOptions,
  type PyTorchDict,
  type PyTorchFile,
  type PyTorchKey,
  type PyTorchOptions,
  type PyTorchSource,
  type PyTorchSourceDict,
  type PyTorchTensor,
  type PyTorchValue,
  type ReadableFolder,
  type SafetensorsContent,
  type SafetensorsFile,
  type SafetensorsHeader,
  type StoredDtype,
  type StoredTensor,
  type TensorData,
  type TensorEntry,
  type TensorOf,
  type TensorSource,
  type TensorSources,
  type WrittenDtype,
} from '@stargan/checkpoints';

const bias = tf.zeros([3]);
const source: TensorSource = { dtype: 'F32', shape: bias.shape, data: async () => (await bias.data()) as Float32Array };
const rounded: WrittenDtype = 'F16';
const sources: TensorSources = { bias: source, half: { ...source, dtype: rounded } };
const content: CheckpointContent = { tensors: sources, metadata: { layout: 'pytorch' } };
const saved: Checkpoint = await saveCheckpoint('checkpoints', 1, { 'mine.safetensors': content });
const manifest: CheckpointManifest = saved.manifest;
const file: CheckpointFile | undefined = manifest.files[0];
const options: FindOptions = { verify: 'sha256', before: undefined };
const list: CheckpointList = await listCheckpoints('checkpoints', options);
const broken: readonly BrokenCheckpoint[] = list.broken;
const removed: readonly CheckpointFolder[] = await pruneCheckpoints('checkpoints', 2, { upTo: undefined } satisfies PruneOptions);
const { checkpoint } = await findLatestCheckpoint('checkpoints');
console.log(file, broken, removed, checkpoint?.path);

// Folders that are not on a disk: on a web server, or picked in a browser.
const check: CheckOptions = { verify: 'sha256', only: (name) => name.endsWith('_ema.safetensors') };
const picked: Record<string, FileContent> = { 'checkpoints/0000001/manifest.json': new Blob(['{}']) };
const anywhere: FolderSource[] = [picked, 'https://example.org/runs/01', new URL('https://example.org/runs/01')];
const folders: ReadableFolder[] = anywhere.map((place) => openFolder(place));
for (const folder of folders) {
  const found: OpenedCheckpoint = await openCheckpoint(folder.folder('checkpoints/0000001'), check);
  const newest = await openLatestCheckpoint(folder.folder('checkpoints'), check);
  console.log(await found.folder.content('mine.safetensors'), newest.checkpoint?.path, newest.passedOver);
}

await writeSafetensors('mine.safetensors', sources);
const whole: SafetensorsContent = await readSafetensors('mine.safetensors');
const open: SafetensorsFile = await openSafetensors('mine.safetensors');
const header: SafetensorsHeader = open;
const entry: TensorEntry | undefined = header.entries.get('bias');
await open.close();

// What was stored is what tfjs takes.
const stored: StoredTensor | undefined = whole.tensors['bias'];
if (stored?.dtype === 'F32') {
  const values: TensorOf<'F32'> = stored;
  tf.tensor(values.data, values.shape).dispose();
}
const dtype: Dtype = 'F32';
const data: TensorData | DataByDtype[typeof dtype] = Float32Array.of(1);
const storedDtype: StoredDtype | undefined = stored?.dtype;
console.log(entry?.dtype);

const dictionary: PyTorchSourceDict = new Map([['bias', source]]);
const written: PyTorchSource = { generator: dictionary };
await writePyTorchFile('nets.ckpt', written);
const limits: PyTorchOptions = { maxBytes: 1e6, sums: undefined, narrowDoubles: undefined };
const names: NameOptions = { stripPrefix: 'module.', onUnread: undefined };
const value: PyTorchValue<StoredTensor> = await readPyTorchFile('nets.ckpt', limits);
const tensors = await readPyTorchTensors('nets.ckpt', { ...limits, ...names });
const opened: PyTorchFile = await openPyTorchFile('nets.ckpt');
const root = opened.value as PyTorchDict<PyTorchTensor>;
for (const [name, tensor] of tensorsByName(root, names)) console.log(name, (await opened.read(tensor)).shape, tf.zeros(tensor.shape).shape);
await opened.close();
console.log(data, storedDtype, value, Object.keys(tensors));

// Values that are only named, and what Python's complex numbers are.
const opaque: OpaqueValue[] = [];
if (isOpaqueValue(value)) opaque.push(value);
const keys: PyTorchKey[] = [...root.keys()];
const complex: ComplexValue = { kind: 'complex', real: 1, imaginary: -1 };
await renameDurably('scores.partial', 'scores');
await writeWholeFile('scores.json', JSON.stringify({ keys, complex, opaque: opaque.map(({ name }) => name) }));
