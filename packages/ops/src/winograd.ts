import { getBackend, getKernel, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d } from './convolution.js';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import {
  winogradConvolutionFilterGradientKernel,
  winogradConvolutionInputGradientKernel,
  winogradConvolutionKernel,
  winogradConvolutionResidualSumKernel,
  type ConvolutionAttributes,
  type Resampling,
} from './fused/winograd-convolution.js';
import { addBias } from './linear.js';
import type { Operation } from './operation.js';
import { biasedSumGradients, residualSum } from './residual-sum.js';
import { conv2dThenAveragePool, requireEvenSides, requireThreeByThree, upsampleThenConv2d } from './resampling-convolution.js';
import { requireShape } from './shapes.js';

type Bilinear<Name extends string> = Operation<Record<Name, Tensor>, ConvolutionAttributes>;

// Bilinear and each other's gradients, as the convolutions that they stand for, so the chain can be differentiated to
// any order.

const convolve: Bilinear<'x' | 'filter'> = defineFusedOperation(winogradConvolutionKernel, {
  saved: ['x', 'filter'],
  gradients: (dy, { x, filter }, attributes) => ({
    x: () => inputGradient({ dy, filter }, attributes),
    filter: () => filterGradient({ x, dy }, attributes),
  }),
});

const convolveThenSum = defineFusedOperation(winogradConvolutionResidualSumKernel, {
  saved: ['x', 'filter'],
  gradients: (dy, { x, filter }, { scale }) => {
    const { summand, bias } = biasedSumGradients(dy, scale);
    return {
      // Comes first, and is what the others are made of.
      shortcut: summand,
      x: () => inputGradient({ dy: summand(), filter }, { resampling: 0 }),
      filter: () => filterGradient({ x, dy: summand() }, { resampling: 0 }),
      bias,
    };
  },
});

const inputGradient: Bilinear<'dy' | 'filter'> = defineFusedOperation(winogradConvolutionInputGradientKernel, {
  saved: ['dy', 'filter'],
  gradients: (g, { dy, filter }, attributes) => ({
    dy: () => convolve({ x: g, filter }, attributes),
    filter: () => filterGradient({ x: g, dy }, attributes),
  }),
});

const filterGradient: Bilinear<'x' | 'dy'> = defineFusedOperation(winogradConvolutionFilterGradientKernel, {
  saved: ['x', 'dy'],
  gradients: (g, { x, dy }, attributes) => ({
    x: () => inputGradient({ dy, filter: g }, attributes),
    dy: () => convolve({ x, filter: g }, attributes),
  }),
});

/** Channels that the kernels take in one go. */
const CHANNELS_AT_ONCE = 32;
/** Below this many tiles, the products that are saved do not make up for transforming the filter. */
const FEWEST_TILES = 4;

/** Whether a kernel is there and saves time: enough channels to fill its vectors, enough tiles to pay for the filter. */
function pays(x: Tensor, filter: Tensor, resampling: Resampling): boolean {
  // Null, against the declared type, where there is none.
  if (getKernel(winogradConvolutionKernel.kernelName, getBackend()) == null) return false;
  const [batch, height, width, inChannels] = x.shape as [number, number, number, number];
  if (inChannels % CHANNELS_AT_ONCE !== 0 || filter.shape[3]! % CHANNELS_AT_ONCE !== 0) return false;
  const pixelsPerTile = resampling > 0 ? 2 : 4;
  return batch * Math.ceil(height / pixelsPerTile) * Math.ceil(width / pixelsPerTile) >= FEWEST_TILES;
}

/**
 * 3×3 `same` convolution by minimal filtering (Winograd), F(4×4, 3×3): a quarter of the multiplications of
 * {@link conv2d}, the same function but for rounding, whose error is about twice that of the plain sum. Where the backend has
 * no kernel for it (`@stargan/backend` brings one for the native CPU), or channels or pixels are too few for it to
 * pay, it is {@link conv2d}.
 *
 * Source: Lavin, Gray, arXiv 1509.09308; interpolated at 0, ±√½, ±√2, ∞.
 *
 * @param x [batch, height, width, in]
 * @param filter [3, 3, in, out]
 * @returns [batch, height, width, out]
 * @throws when the filter is not 3×3 or its channels are not those of `x`
 */
export function winogradConv2d(x: Tensor, filter: Tensor): Tensor4D {
  requireThreeByThree('winogradConv2d', x, filter);
  return pays(x, filter, 0) ? (convolve({ x, filter }, { resampling: 0 }) as Tensor4D) : conv2d(x, filter);
}

/**
 * scale · (convolution + bias + shortcut) with a 3×3 `same` convolution by minimal filtering, which adds bias and shortcut to its results
 * before it stores them: three passes over the feature map less than one by one. The same bits, and the same fallback as
 * {@link winogradConv2d}.
 *
 * @param x [batch, height, width, in]
 * @param filter [3, 3, in, out]
 * @param bias [out]
 * @param shortcut [batch, height, width, out]
 * @param scale of the sum; 1/√2 keeps the variance of independent summands
 * @returns [batch, height, width, out]
 * @throws when the filter is not 3×3, or the shapes do not fit
 */
export function winogradConv2dThenResidualSum(x: Tensor, filter: Tensor, bias: Tensor, shortcut: Tensor, scale = 1): Tensor4D {
  requireThreeByThree('winogradConv2dThenResidualSum', x, filter);
  requireShape('winogradConv2dThenResidualSum', 'bias', bias, [filter.shape[3]]);
  requireShape('winogradConv2dThenResidualSum', 'shortcut', shortcut, [...x.shape.slice(0, 3), filter.shape[3]]);
  if (!pays(x, filter, 0)) return tidy(() => residualSum(addBias(conv2d(x, filter), bias), shortcut as Tensor4D, scale));
  return convolveThenSum({ shortcut, x, filter, bias }, { scale }) as Tensor4D;
}

/**
 * 3×3 `same` convolution followed by 2×2 average pooling, by minimal filtering: 25 products for 4 pooled pixels, where
 * {@link conv2dThenAveragePool} takes 64 and the textbook order 144. The same fallback as {@link winogradConv2d}.
 *
 * @param x [batch, height, width, in], height and width even
 * @param filter [3, 3, in, out]
 * @returns [batch, height / 2, width / 2, out]
 * @throws when the filter is not 3×3, its channels are not those of `x`, or height or width are odd
 */
export function winogradConv2dThenAveragePool(x: Tensor, filter: Tensor): Tensor4D {
  requireThreeByThree('winogradConv2dThenAveragePool', x, filter);
  requireEvenSides('winogradConv2dThenAveragePool', x);
  return pays(x, filter, -1) ? (convolve({ x, filter }, { resampling: -1 }) as Tensor4D) : conv2dThenAveragePool(x, filter);
}

/**
 * Nearest-neighbour upsampling ×2 followed by a 3×3 `same` convolution, by minimal filtering: 25 products for 2×2 input
 * pixels, where {@link upsampleThenConv2d} takes 64 and the textbook order 144. The same fallback as
 * {@link winogradConv2d}.
 *
 * @param x [batch, height, width, in]
 * @param filter [3, 3, in, out]
 * @returns [batch, 2 · height, 2 · width, out]
 * @throws when the filter is not 3×3 or its channels are not those of `x`
 */
export function winogradUpsampleThenConv2d(x: Tensor, filter: Tensor): Tensor4D {
  requireThreeByThree('winogradUpsampleThenConv2d', x, filter);
  return pays(x, filter, 1) ? (convolve({ x, filter }, { resampling: 1 }) as Tensor4D) : upsampleThenConv2d(x, filter);
}
