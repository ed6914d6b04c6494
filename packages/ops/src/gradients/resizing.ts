import { eye, matMul, reshape, transpose } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { withoutGradients } from '../gradient-control.js';
import { gradient, runKernel } from './define.js';

/**
 * The weights with which the backend's own kernel makes each row of the resized picture from the rows of the picture,
 * [resized, size]: its result for a picture with one channel per row, which is 1 in that row.
 */
function rowWeights(kernelName: string, size: number, resized: number, attributes: NamedAttrMap): Tensor {
  return withoutGradients(() => {
    const images = reshape(eye(size), [1, size, 1, size]);
    return reshape(runKernel(kernelName, { images }, { ...attributes, size: [resized, 1] }), [resized, size]);
  });
}

/** Weightsᵀ along the first axis of a tensor of rank 4. */
function alongFirst(weights: Tensor, x: Tensor): Tensor {
  const [, ...rest] = x.shape;
  return reshape(matMul(weights, reshape(x, [x.shape[0], -1]), true), [weights.shape[1]!, ...rest]);
}

/**
 * Resizing is two matrix products, one per axis, and its gradient the transposed ones. tfjs's own gradient kernels
 * cannot be differentiated again, and leave `halfPixelCenters` out.
 */
function resizing(kernelName: string): GradConfig {
  return gradient(kernelName, ['images'], (dy, [images], attributes) => ({
    images: () => {
      const [, height, width] = images!.shape as [number, number, number, number];
      const rows = rowWeights(kernelName, height, dy.shape[1]!, attributes);
      const columns = rowWeights(kernelName, width, dy.shape[2]!, attributes);
      const byRows = alongFirst(rows, transpose(dy, [1, 0, 2, 3])); // [height, batch, resized width, channels]
      const byColumns = alongFirst(columns, transpose(byRows, [2, 1, 0, 3])); // [width, batch, height, channels]
      return transpose(byColumns, [1, 2, 0, 3]);
    },
  }));
}

/** Gradients of the kernels that resize pictures. */
export const resizes: readonly GradConfig[] = ['ResizeBilinear', 'ResizeNearestNeighbor'].map(resizing);
