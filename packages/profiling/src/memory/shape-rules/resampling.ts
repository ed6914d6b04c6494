import { backend_util } from '@tensorflow/tfjs-core';
import type { Shape } from '@stargan/ops/fused';
import { each, input, like, one, type ShapeRule, type ShapeRules } from '../shape-rule.js';

type Four = [number, number, number, number];
type Pair = [number, number];

const pool: ShapeRule = (inputs, { filterSize, strides, pad, dimRoundingMode }) =>
  one(
    backend_util.computePool2DInfo(
      input(inputs, 'x').shape as Four,
      filterSize as Pair,
      strides as Pair,
      1,
      pad as 'valid',
      dimRoundingMode as 'floor' | undefined,
    ).outShape,
  );

const resized = ([batch, , , channels]: Shape, size: Pair): number[] => [batch!, ...size, channels!];

/** Pooling and resizing. */
export const resamplingRules: ShapeRules = {
  ...each(['AvgPool', 'MaxPool'], pool),
  AvgPoolGrad: like('input', undefined, 4),
  MaxPoolGrad: like('input'),
  ResizeNearestNeighbor: (inputs, { size }) => one(resized(input(inputs, 'images').shape, size as Pair), { arguments: 2 }),
  ResizeBilinear: (inputs, { size }) => one(resized(input(inputs, 'images').shape, size as Pair), { arguments: 2, dtype: 'float32' }),
  ResizeNearestNeighborGrad: like('images', undefined, 2),
  ResizeBilinearGrad: like('images', 'float32'),
};
