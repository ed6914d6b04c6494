import { avgPool, image, mul } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { noFlops, requireShapeOf, type NamedShapes, type Shape, type SingleOutputOperation } from './fused-operation.js';

type Resampled = Record<'x', Tensor>;
type Scaled = { factor: number };

const signature = { nativeSource: 'resampling.cc', inputs: ['x'], attributes: ['factor'], flops: noFlops } as const;

function times(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : mul(x, factor);
}

/** The shape of x with its sides times `factor`. */
function resized(inputs: NamedShapes, factor: number): Shape[] {
  const [batch, height, width, channels] = requireShapeOf(inputs, 'x') as [number, number, number, number];
  return [[batch, height * factor, width * factor, channels]];
}

/** factor · the sum of each 2×2 block. */
export const sumPool2x2Kernel: SingleOutputOperation<Resampled, Scaled> = {
  ...signature,
  kernelName: 'StarganSumPool2x2',
  outputShapes: (inputs) => resized(inputs, 1 / 2),
  composed: ({ x }, { factor }) => times(avgPool(x as Tensor4D, 2, 2, 'valid'), 4 * factor),
  samples: (random) => [{ inputs: { x: random(2, 6, 10, 5) }, attributes: { factor: 0.75 } }],
  tolerance: 1e-5,
};

/** factor · each pixel, in a 2×2 block. */
export const upsampleNearest2xKernel: SingleOutputOperation<Resampled, Scaled> = {
  ...signature,
  kernelName: 'StarganUpsampleNearest2x',
  outputShapes: (inputs) => resized(inputs, 2),
  composed: ({ x }, { factor }) => times(image.resizeNearestNeighbor(x as Tensor4D, [x.shape[1]! * 2, x.shape[2]! * 2]), factor),
  samples: (random) => [{ inputs: { x: random(2, 3, 5, 7) }, attributes: { factor: 0.75 } }],
  tolerance: 1e-6,
};
