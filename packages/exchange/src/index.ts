export { type BundleExport, type BundleOptions, exportBundle } from './export-bundle.js';
export { exportOnnx, type OnnxExport, type OnnxOptions } from './export-onnx.js';
export { exportPyTorch, type PyTorchExport } from './export-pytorch.js';
export { importReference, type ImportOptions, type ReferenceImport } from './import-reference.js';
export { type ExportedFile, type ExportOptions } from './model-files.js';
