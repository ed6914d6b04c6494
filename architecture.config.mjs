// The house: what may import what. `node scripts/architecture.mjs --check`, a part of `npm test`, refuses all else, and draws
// docs/architecture.md from the imports that there are.

/**
 * Workspaces from low to high. Each may import those of the lines above its own, and none of its own line: neither networks and
 * metrics each other, nor anything but the programs at the end the runtime.
 */
export const levels = [
  [
    'packages/random',
    'packages/ops',
    'packages/losses',
    'packages/checkpoints',
    'packages/resizing',
    'packages/folder-lock',
    'packages/config',
    'packages/command-line',
    'packages/report',
    'packages/tensorboard',
  ],
  ['packages/layers', 'packages/data', 'packages/profiling', 'packages/optimizers', 'packages/augmentation'],
  ['packages/generator', 'packages/mapping-network', 'packages/style-encoder', 'packages/discriminator', 'packages/metrics'],
  ['packages/pretrained'],
  ['packages/evaluation'],
  ['packages/training'],
  ['packages/translation', 'packages/exchange', 'packages/run'],
  ['packages/backend'],
  ['harness'],
  ['conformance', 'benchmarks', 'examples', 'testing'],
];

/**
 * Rooms of a workspace: the folders of its `src`, and files beside them by name, from low to high. `*` are the other files beside
 * them but `index.ts`, which is above everything where it is not named. A workspace of files alone needs no line.
 */
export const rooms = {
  'packages/backend': [
    'resolve-package.ts',
    'runtime.ts',
    'install-command.ts',
    'describe-error.ts',
    'chosen.ts',
    'native-settings.ts',
    'machine',
    'environment.ts',
    'install',
    'capture',
    'resident',
    '*',
  ],
  'packages/command-line': ['*', 'completion', 'manual'],
  'packages/checkpoints': ['*', 'pytorch'],
  'packages/data': ['*', 'inspection', 'preparation'],
  'packages/exchange': ['write-folder.ts', 'reference', 'onnx', '*'],
  'packages/layers': ['*', 'tf-layers'],
  'packages/losses': ['reduction.ts', 'internal', '*'],
  'packages/metrics': ['linear-algebra', '*', 'networks', 'resizing', 'lpips', 'npz', 'domain-classifier', 'table'],
  'packages/ops': [
    'gradient-control.ts',
    'shapes.ts',
    'one-core.ts',
    'native.ts',
    'differentiate.ts',
    'operation.ts',
    'linear.ts',
    'activations.ts',
    'convolution.ts',
    'resampling-convolution.ts',
    'normalization-composition.ts',
    'fused',
    '*',
    'gradients',
    'core-gradients.ts',
    'second-order',
    'value-and-gradients.ts',
    'vjp.ts',
  ],
  'packages/profiling': ['*', 'counting', 'memory'],
  'packages/report': ['*', 'client', 'warnings'],
  // `index.ts` is what a browser takes, `node.ts` adds what needs Node.js.
  'packages/training': [
    '*',
    'networks',
    'iteration',
    'config',
    'sampling',
    'evaluation',
    'planning',
    'files',
    'transfer',
    'load-model-arguments.ts',
    'load-model.ts',
    'index.ts',
    'node.ts',
  ],
  'packages/translation': ['*', 'video'],
  'packages/run': ['config', 'dataset-record.ts', 'metric-log.ts', 'run-directory.ts', 'run-history.ts', 'run-lock.ts', 'evaluation', '*'],
  harness: [
    'usage-error.ts',
    'replay.ts',
    'logging',
    'config',
    'dataset',
    'sampling',
    'planning',
    'evaluation',
    'report',
    'training',
    'studies',
    'demo',
    'cli',
  ],
  conformance: ['*', 'cases', 'registry.ts', 'run.ts', 'command.ts'],
  benchmarks: ['*', 'suites', 'variants', 'iteration', 'report.ts', 'bench-command.ts'],
};

/** Arrows between rooms that run upwards and are still there. This list may only become shorter. */
export const knownUpwards = {
  'packages/backend': ['machine → install'],
  // The composition of a convolution with resampling is made of operations that are fused themselves.
  'packages/ops': ['fused → resampling.ts'],
};

/** What packages may import of others beside the workspaces, where that is limited. */
export const externals = {
  // For scripts of other people and for browsers: nothing native. `path` names the files of a checkpoint.
  'packages/training': ['@tensorflow/tfjs-core', 'path'],
  'packages/losses': ['@tensorflow/tfjs-core'],
  'packages/augmentation': ['@tensorflow/tfjs-core'],
};
