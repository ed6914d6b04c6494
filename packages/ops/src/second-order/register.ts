import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import type { GradConfig } from '@tensorflow/tfjs-core';
import { gradientTable } from '../gradients/table.js';

/**
 * Kernels whose gradient in tensorflow.js cannot be differentiated again, or wrongly: because it is made of the saved output, which the
 * tape takes for a constant, or of a kernel without gradient, or because it is wrong itself (mirror padding,
 * resizing with half-pixel centres, means of windows that leave the picture, extremes of tensors that are broadcast,
 * sums along an axis that is not the last, tiles of more than four axes, rows gathered on WebAssembly).
 */
const REPLACED: ReadonlySet<string> = new Set([
  ...['Elu', 'Exp', 'Pow', 'Sigmoid', 'Softmax', 'Tanh'],
  ...[
    'AvgPool',
    'Cumsum',
    'GatherV2',
    'GreaterEqual',
    'Maximum',
    'Minimum',
    'MirrorPad',
    'ResizeBilinear',
    'ResizeNearestNeighbor',
    'Tile',
  ],
]);

/** Kernels that have no gradient anywhere, with what to use in their place. */
const WITHOUT_GRADIENT: Readonly<Record<string, string>> = {
  CropAndResize: 'tf.image.resizeBilinear of a tf.slice',
  Cumprod: 'tf.exp of tf.cumsum of logarithms',
  DepthToSpace: 'tf.reshape and tf.transpose',
  Dilation2DBackpropFilter: 'max pooling',
  Dilation2DBackpropInput: 'max pooling',
  Einsum: 'tf.matMul and tf.transpose',
  GatherNd: 'tf.gather',
  LRNGrad: 'batch, layer or instance normalisation',
  MaxPool3DGrad: 'average pooling or strided convolutions',
  ScatterNd: 'tf.pad and tf.add, or a product with tf.oneHot',
  StridedSlice: 'tf.slice, tf.reverse or tf.gather',
  TopK: 'tf.max',
};

const refusal = (kernelName: string, instead: string): GradConfig => ({
  kernelName,
  gradFunc: () => {
    throw new Error(
      `${kernelName}: this operation's gradient is not known, so that what it is part of cannot be differentiated; use ${instead} in its place`,
    );
  },
});

/**
 * Makes tensorflow.js's own operations right to second order, for gradient penalties (R1, WGAN-GP) of networks made of
 * them, models of tf.layers among them: replaces the gradients that are wrong or cannot be differentiated again, and
 * adds those that are missing. First derivatives that were right stay as they were.
 *
 * Importing `@stargan/ops/second-order` calls it. Call it again after something else has registered gradients, such as
 * an `import()` of `@tensorflow/tfjs` later on; it is cheap.
 */
export function registerSecondOrderGradients(): void {
  for (const config of gradientTable) {
    if (REPLACED.has(config.kernelName) || getGradient(config.kernelName) == null) registerGradient(config);
  }
  for (const [kernelName, instead] of Object.entries(WITHOUT_GRADIENT)) {
    if (getGradient(kernelName) == null) registerGradient(refusal(kernelName, instead));
  }
}
