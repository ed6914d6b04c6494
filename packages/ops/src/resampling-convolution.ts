import { matMul, reshape, tensor2d, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d, conv2dTranspose } from './convolution.js';
import { FEATURE_MAP, requireRank4 } from './shapes.js';

/**
 * For each axis, which taps of a 3-tap filter add up to each tap of the 4-tap filter that acts at twice the
 * stride. Down: tap m gathers k = m and m − 1. Up: tap m of the transposed filter gathers k = 2 − m and 3 − m.
 */
const DOWN_TAPS = [
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 1],
  [0, 0, 1],
];
const UP_TAPS = [
  [0, 0, 1],
  [0, 1, 1],
  [1, 1, 0],
  [1, 0, 0],
];

/** Kronecker product of a tap table with itself: [16, 9], rows and columns in row-major order of the taps. */
function tapMatrix(taps: number[][], scale: number): number[][] {
  const rows: number[][] = [];
  for (const vertical of taps) {
    for (const horizontal of taps) rows.push(vertical.flatMap((a) => horizontal.map((b) => a * b * scale)));
  }
  return rows;
}

const DOWN_MATRIX = tapMatrix(DOWN_TAPS, 1 / 4);
const UP_MATRIX = tapMatrix(UP_TAPS, 1);

/** The 4×4 filter [4, 4, in, out] with the 3×3 filter's taps summed as `matrix` says. Linear in the filter. */
function widen(filter: Tensor4D, matrix: number[][]): Tensor4D {
  const [, , inChannels, outChannels] = filter.shape;
  const wide = matMul(tensor2d(matrix), reshape(filter, [9, inChannels * outChannels]));
  return reshape(wide, [4, 4, inChannels, outChannels]);
}

/** Fails unless a 3×3 filter fits a feature map; `operation` names who asks. */
export function requireThreeByThree(operation: string, x: Tensor, filter: Tensor): asserts filter is Tensor4D {
  requireRank4(operation, 'x', x, FEATURE_MAP);
  requireRank4(operation, 'filter', filter, '[3, 3, in, out]');
  if (filter.shape[0] !== 3 || filter.shape[1] !== 3) {
    throw new Error(`${operation}: filter must be 3×3, got ${filter.shape[0]}×${filter.shape[1]}`);
  }
  if (x.shape[3] !== filter.shape[2]) {
    throw new Error(
      `${operation}: filter takes ${filter.shape[2]} channels, x has ${x.shape[3]} (x [${x.shape.join(', ')}], filter [${filter.shape.join(', ')}])`,
    );
  }
}

/**
 * 3×3 `same` convolution followed by 2×2 average pooling, as one 4×4 convolution with stride 2: the same
 * function, borders included, with 16/36 of the multiplications.
 *
 * @param x [batch, height, width, in], height and width even
 * @param filter [3, 3, in, out]
 * @returns [batch, height / 2, width / 2, out]
 * @throws when the filter is not 3×3, its channels are not those of `x`, or height or width are odd
 */
export function conv2dThenAveragePool(x: Tensor, filter: Tensor): Tensor4D {
  requireThreeByThree('conv2dThenAveragePool', x, filter);
  requireEvenSides('conv2dThenAveragePool', x);
  return tidy(() => conv2d(x, widen(filter, DOWN_MATRIX), { stride: 2 }));
}

/**
 * Nearest-neighbour upsampling ×2 followed by a 3×3 `same` convolution, as one transposed 4×4 convolution
 * with stride 2: the same function, borders included, with 16/36 of the multiplications.
 *
 * @param x [batch, height, width, in]
 * @param filter [3, 3, in, out]
 * @returns [batch, 2 · height, 2 · width, out]
 * @throws when the filter is not 3×3 or its channels are not those of `x`
 */
export function upsampleThenConv2d(x: Tensor, filter: Tensor): Tensor4D {
  requireThreeByThree('upsampleThenConv2d', x, filter);
  return tidy(() => conv2dTranspose(x, transpose(widen(filter, UP_MATRIX), [0, 1, 3, 2]), { stride: 2 }));
}

/** Fails unless height and width are even; `operation` names who asks. */
export function requireEvenSides(operation: string, x: Tensor): void {
  if (x.shape[1]! % 2 !== 0 || x.shape[2]! % 2 !== 0) {
    throw new Error(`${operation}: height and width of x must be even, got shape [${x.shape.join(', ')}]`);
  }
}
