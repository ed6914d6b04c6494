import {
  exportBundle,
  exportOnnx,
  exportPyTorch,
  importReference,
  type BundleExport,
  type BundleOptions,
  type ExportedFile,
  type ExportOptions,
  type ImportOptions,
  type OnnxExport,
  type OnnxOptions,
  type PyTorchExport,
  type ReferenceImport,
} from '@stargan/exchange';
import { findLatestCheckpoint, type Checkpoint } from '@stargan/checkpoints';
import { loadModel } from '@stargan/training';

const how: ImportOptions = {
  out: 'runs/afhq',
  domains: ['cat', 'dog', 'wild'],
  data: undefined,
  iteration: undefined,
  signal: new AbortController().signal,
};
const imported: ReferenceImport = await importReference(['100000_nets_ema.ckpt'], how);
console.log(imported.config.imageSize, imported.isResumable, imported.notes.length);
const model = await loadModel(imported.run);
model.dispose();

const find = async (): Promise<Checkpoint> => (await findLatestCheckpoint('runs/afhq/checkpoints')).checkpoint!;
const options: ExportOptions = { run: 'runs/afhq', out: 'exported', iteration: 100_000, find };
const onnxOptions: OnnxOptions = { ...options, masks: false };
const bundleOptions: BundleOptions = { ...options, float16: true };
const pytorch: PyTorchExport = await exportPyTorch(options);
const onnx: OnnxExport = await exportOnnx(onnxOptions);
const bundle: BundleExport = await exportBundle(bundleOptions);
const files: ExportedFile[] = [pytorch, onnx, bundle].flatMap((each) => [...each.files]);
console.log(
  files.map(({ path, bytes }) => `${path} ${bytes}`),
  pytorch.options.join(' '),
);
