import { avgPool, image, mul } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOperation, type Operation } from './operation.js';
import { FEATURE_MAP, requireRank4 } from './shapes.js';

// Both are linear and, with the same factor, each is the other's gradient.

/** factor · the sum of each 2×2 block. */
const pool: Operation<{ x: Tensor }, { factor: number }> = defineOperation({
  name: 'SumPool2x2',
  forward: ({ x }, { factor }) => times(avgPool(x as Tensor4D, 2, 2, 'valid'), 4 * factor),
  saved: [],
  gradients: (dy, _, factor) => ({ x: () => enlarge({ x: dy }, factor) }),
});

/** factor · each pixel, in a 2×2 block. */
const enlarge: Operation<{ x: Tensor }, { factor: number }> = defineOperation({
  name: 'UpsampleNearest2x',
  forward: ({ x }, { factor }) => times(image.resizeNearestNeighbor(x as Tensor4D, [x.shape[1]! * 2, x.shape[2]! * 2]), factor),
  saved: [],
  gradients: (dy, _, factor) => ({ x: () => pool({ x: dy }, factor) }),
});

function times(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : mul(x, factor);
}

/**
 * Mean of each 2×2 block of pixels.
 *
 * @param x [batch, height, width, channels], height and width even
 * @returns [batch, height / 2, width / 2, channels]
 * @throws when height or width are odd
 */
export function averagePool2x2(x: Tensor): Tensor4D {
  requireRank4('averagePool2x2', 'x', x, FEATURE_MAP);
  if (x.shape[1] % 2 !== 0 || x.shape[2] % 2 !== 0) {
    throw new Error(`averagePool2x2: height and width of x must be even, got shape [${x.shape.join(', ')}]`);
  }
  return pool({ x }, { factor: 1 / 4 }) as Tensor4D;
}

/**
 * Sum of each 2×2 block of pixels: the gradient of {@link upsampleNearest2x}.
 *
 * @param x [batch, height, width, channels], height and width even
 */
export function sumPool2x2(x: Tensor): Tensor4D {
  return pool({ x }, { factor: 1 }) as Tensor4D;
}

/**
 * Each pixel, times `factor`, repeated in a 2×2 block.
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, 2 · height, 2 · width, channels]
 */
export function upsampleNearest2x(x: Tensor, factor = 1): Tensor4D {
  requireRank4('upsampleNearest2x', 'x', x, FEATURE_MAP);
  return enlarge({ x }, { factor }) as Tensor4D;
}
