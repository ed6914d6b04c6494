import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import { sumPool2x2Kernel, upsampleNearest2xKernel } from './fused/resampling.js';
import type { Operation } from './operation.js';
import { FEATURE_MAP, requireRank4 } from './shapes.js';

type Resample = Operation<Record<'x', Tensor>, { factor: number }>;

// Both are linear and, with the same factor, each is the other's gradient.
const pool: Resample = defineFusedOperation(sumPool2x2Kernel, {
  saved: [],
  gradients: (dy, _, factor) => ({ x: () => enlarge({ x: dy }, factor) }),
});

const enlarge: Resample = defineFusedOperation(upsampleNearest2xKernel, {
  saved: [],
  gradients: (dy, _, factor) => ({ x: () => pool({ x: dy }, factor) }),
});

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
 * @param factor of every value; a block of four keeps its sum with ¼
 * @returns [batch, 2 · height, 2 · width, channels]
 */
export function upsampleNearest2x(x: Tensor, factor = 1): Tensor4D {
  requireRank4('upsampleNearest2x', 'x', x, FEATURE_MAP);
  return enlarge({ x }, { factor }) as Tensor4D;
}
