import { depthwiseConv2d, tensor4d, tile } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOperation, type Operation } from './operation.js';
import { FEATURE_MAP, requireRank4 } from './shapes.js';

const FILTER = [-1, -1, -1, -1, 8, -1, -1, -1, -1];

const filterEdges: Operation<{ x: Tensor }, { weight: number }> = defineOperation({
  name: 'HighPass',
  forward: ({ x }, { weight }) => {
    const filter = tensor4d(
      FILTER.map((value) => value / weight),
      [3, 3, 1, 1],
    );
    return depthwiseConv2d(x as Tensor4D, tile(filter, [1, 1, x.shape[3]!, 1]), 1, 'same');
  },
  saved: [],
  // The filter is its own mirror image, so the operation is its own adjoint.
  gradients: (dy, _, { weight }) => ({ x: () => filterEdges({ x: dy }, { weight }) }),
});

/**
 * Depthwise 3×3 high-pass filter [-1 -1 -1; -1 8 -1; -1 -1 -1] / weight, zero padding.
 * A larger weight means a weaker filter.
 *
 * @param x [batch, height, width, channels]
 * @param weight > 0
 * @returns same shape as `x`
 * @throws when weight is not a number above 0
 */
export function highPass(x: Tensor, weight: number): Tensor4D {
  requireRank4('highPass', 'x', x, FEATURE_MAP);
  if (!(weight > 0) || !Number.isFinite(weight)) throw new Error(`highPass: weight must be a number > 0, got ${weight}`);
  return filterEdges({ x }, { weight }) as Tensor4D;
}
