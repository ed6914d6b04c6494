import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import {
  addBias,
  averagePool2x2,
  conv2d,
  conv2dThenAveragePool,
  residualSum,
  upsampleNearest2x,
  upsampleThenConv2d,
  winogradConv2d,
  winogradConv2dThenAveragePool,
  winogradConv2dThenResidualSum,
  winogradUpsampleThenConv2d,
} from '@stargan/ops';

/**
 * How the 3×3 convolutions of a block and the resampling around them are computed. All methods compute the same function.
 *
 * - `winograd`: by minimal filtering where the backend has kernels for it and they pay, else as `fused`
 * - `fused`: convolution and resampling as one 4×4 convolution, shortcuts at the lower resolution
 * - `composed`: the textbook order, for comparison
 */
export type ConvolutionMethod = 'winograd' | 'fused' | 'composed';

/** The method of blocks and networks that are not given one. */
export const DEFAULT_CONVOLUTION: ConvolutionMethod = 'winograd';

/**
 * The steps of a block that differ between methods; each is a function of a feature map. Filters are [3, 3, in, out], those of shortcuts
 * [1, 1, in, out].
 */
export interface BlockConvolutions {
  /**
   * 3×3 `same` convolution.
   *
   * @param x [batch, height, width, in]
   * @param filter [3, 3, in, out]
   */
  convolve(x: Tensor, filter: Tensor): Tensor4D;
  /**
   * scale · (3×3 `same` convolution + bias + shortcut), the end of a block. Left out where it is made of `convolve`.
   *
   * @param x [batch, height, width, in]
   * @param filter [3, 3, in, out]
   * @param bias [out]
   * @param shortcut [batch, height, width, out]
   */
  convolveThenSum?: ((x: Tensor, filter: Tensor, bias: Tensor, shortcut: Tensor, scale: number) => Tensor4D) | undefined;
  /**
   * 3×3 `same` convolution, then 2×2 average pooling.
   *
   * @param x [batch, height, width, in], height and width even
   * @param filter [3, 3, in, out]
   */
  convolveThenPool(x: Tensor, filter: Tensor): Tensor4D;
  /**
   * Nearest upsampling ×2, then 3×3 `same` convolution.
   *
   * @param x [batch, height, width, in]
   * @param filter [3, 3, in, out]
   */
  upsampleThenConvolve(x: Tensor, filter: Tensor): Tensor4D;
  /**
   * Shortcut of a block that halves the resolution.
   *
   * @param x [batch, height, width, in], height and width even
   * @param filter [1, 1, in, out]; without it the channels stay as they are
   */
  poolShortcut(x: Tensor, filter: Tensor | undefined): Tensor4D;
  /**
   * Shortcut of a block that doubles the resolution.
   *
   * @param x [batch, height, width, in]
   * @param filter [1, 1, in, out]; without it the channels stay as they are
   */
  upsampleShortcut(x: Tensor, filter: Tensor | undefined): Tensor4D;
}

const project = (x: Tensor, filter: Tensor | undefined): Tensor => (filter === undefined ? x : conv2d(x, filter));

// Pooling and upsampling commute with a 1×1 convolution, which costs a quarter at the lower resolution.
const shortcutsAtLowerResolution: Pick<BlockConvolutions, 'poolShortcut' | 'upsampleShortcut'> = {
  poolShortcut: (x, filter) => project(averagePool2x2(x), filter) as Tensor4D,
  upsampleShortcut: (x, filter) => upsampleNearest2x(project(x, filter)),
};

/** The methods by name. A new one is one more entry. */
export const convolutionMethods: Readonly<Record<ConvolutionMethod, BlockConvolutions>> = {
  winograd: {
    convolve: winogradConv2d,
    convolveThenSum: winogradConv2dThenResidualSum,
    convolveThenPool: winogradConv2dThenAveragePool,
    upsampleThenConvolve: winogradUpsampleThenConv2d,
    ...shortcutsAtLowerResolution,
  },
  fused: {
    convolve: conv2d,
    convolveThenPool: conv2dThenAveragePool,
    upsampleThenConvolve: upsampleThenConv2d,
    ...shortcutsAtLowerResolution,
  },
  composed: {
    convolve: conv2d,
    convolveThenPool: (x, filter) => averagePool2x2(conv2d(x, filter)),
    upsampleThenConvolve: (x, filter) => conv2d(upsampleNearest2x(x), filter),
    poolShortcut: (x, filter) => averagePool2x2(project(x, filter)),
    upsampleShortcut: (x, filter) => project(upsampleNearest2x(x), filter) as Tensor4D,
  },
};

/**
 * The steps of a convolution method. Steps of one's own are returned as they are; they should compute the same function.
 *
 * @param convolution name of a method, or steps of one's own
 * @throws when there is no method of this name
 */
export function blockConvolutions(convolution: ConvolutionMethod | BlockConvolutions = DEFAULT_CONVOLUTION): BlockConvolutions {
  if (typeof convolution !== 'string') return convolution;
  const names = Object.keys(convolutionMethods);
  if (!names.includes(convolution))
    throw new Error(`blockConvolutions: convolution must be ${names.join(', ')} or steps of your own, got ${convolution as string}`);
  return convolutionMethods[convolution];
}

/** The end of a residual block by these steps: scale · (3×3 convolution + bias + shortcut). */
export function convolveThenSum(
  convolutions: BlockConvolutions,
  x: Tensor,
  filter: Tensor,
  bias: Tensor,
  shortcut: Tensor4D,
  scale: number,
): Tensor4D {
  const atOnce = convolutions.convolveThenSum?.(x, filter, bias, shortcut, scale);
  return atOnce ?? residualSum(addBias(convolutions.convolve(x, filter), bias), shortcut, scale);
}
