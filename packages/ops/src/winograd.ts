import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { activatedConvolution, activatedResidualSum } from './activated-winograd.js';
import { conv2d } from './convolution.js';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import { winogradConvolutionKernel, winogradConvolutionResidualSumKernel, type Resampling } from './fused/winograd-convolution.js';
import { activate, type InputActivation } from './input-activation.js';
import { addBias } from './linear.js';
import { hasKernel } from './operation.js';
import { biasedSumGradients, residualSum } from './residual-sum.js';
import { conv2dThenAveragePool, requireEvenSides, requireThreeByThree, upsampleThenConv2d } from './resampling-convolution.js';
import { requireShape } from './shapes.js';
import { convolve, filterGradient, inputGradient } from './winograd-bilinear.js';

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

/** Channels that the kernels take in one go. */
const CHANNELS_AT_ONCE = 32;
/** Below this many tiles, the products that are saved do not make up for transforming the filter. */
const FEWEST_TILES = 4;

/** Whether a kernel is there and saves time: enough channels to fill its vectors, enough tiles to pay for the filter. */
function pays(x: Tensor, filter: Tensor, resampling: Resampling): boolean {
  if (!hasKernel(winogradConvolutionKernel.kernelName)) return false;
  const [batch, height, width, inChannels] = x.shape as [number, number, number, number];
  if (inChannels % CHANNELS_AT_ONCE !== 0 || filter.shape[3]! % CHANNELS_AT_ONCE !== 0) return false;
  const pixelsPerTile = resampling > 0 ? 2 : 4;
  return batch * Math.ceil(height / pixelsPerTile) * Math.ceil(width / pixelsPerTile) >= FEWEST_TILES;
}

const activated = (x: Tensor, activation: InputActivation | undefined): Tensor => (activation === undefined ? x : activate(x, activation));

/** The convolution by minimal filtering where that pays, and else `plain`, of what x is activated to. */
function convolution(
  x: Tensor,
  filter: Tensor,
  resampling: Resampling,
  activation: InputActivation | undefined,
  plain: (x: Tensor, filter: Tensor) => Tensor4D,
): Tensor4D {
  if (!pays(x, filter, resampling)) return tidy(() => plain(activated(x, activation), filter));
  if (activation === undefined) return convolve({ x, filter }, { resampling }) as Tensor4D;
  return tidy(() => activatedConvolution(x, filter, resampling, activation));
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
 * @param activation what is done to x first. The kernel does it on the way, with the same bits: no activated map is stored, neither
 *   for the convolution nor for the backward pass
 * @returns [batch, height, width, out]
 * @throws when the filter is not 3×3, its channels are not those of `x`, or the activation does not fit `x`
 */
export function winogradConv2d(x: Tensor, filter: Tensor, activation?: InputActivation): Tensor4D {
  requireThreeByThree('winogradConv2d', x, filter);
  return convolution(x, filter, 0, activation, conv2d);
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
 * @param activation what is done to x first, as for {@link winogradConv2d}
 * @returns [batch, height, width, out]
 * @throws when the filter is not 3×3, or the shapes do not fit
 */
export function winogradConv2dThenResidualSum(
  x: Tensor,
  filter: Tensor,
  bias: Tensor,
  shortcut: Tensor,
  scale = 1,
  activation?: InputActivation,
): Tensor4D {
  requireThreeByThree('winogradConv2dThenResidualSum', x, filter);
  requireShape('winogradConv2dThenResidualSum', 'bias', bias, [filter.shape[3]]);
  requireShape('winogradConv2dThenResidualSum', 'shortcut', shortcut, [...x.shape.slice(0, 3), filter.shape[3]]);
  if (!pays(x, filter, 0))
    return tidy(() => residualSum(addBias(conv2d(activated(x, activation), filter), bias), shortcut as Tensor4D, scale));
  if (activation === undefined) return convolveThenSum({ shortcut, x, filter, bias }, { scale }) as Tensor4D;
  return tidy(() => activatedResidualSum({ shortcut, x, filter, bias }, scale, activation));
}

/**
 * 3×3 `same` convolution followed by 2×2 average pooling, by minimal filtering: 25 products for 4 pooled pixels, where
 * {@link conv2dThenAveragePool} takes 64 and the textbook order 144. The same fallback as {@link winogradConv2d}.
 *
 * @param x [batch, height, width, in], height and width even
 * @param filter [3, 3, in, out]
 * @param activation what is done to x first, as for {@link winogradConv2d}
 * @returns [batch, height / 2, width / 2, out]
 * @throws when the filter is not 3×3, its channels are not those of `x`, height or width are odd, or the activation does not fit `x`
 */
export function winogradConv2dThenAveragePool(x: Tensor, filter: Tensor, activation?: InputActivation): Tensor4D {
  requireThreeByThree('winogradConv2dThenAveragePool', x, filter);
  requireEvenSides('winogradConv2dThenAveragePool', x);
  return convolution(x, filter, -1, activation, conv2dThenAveragePool);
}

/**
 * Nearest-neighbour upsampling ×2 followed by a 3×3 `same` convolution, by minimal filtering: 25 products for 2×2 input
 * pixels, where {@link upsampleThenConv2d} takes 64 and the textbook order 144. The same fallback as
 * {@link winogradConv2d}.
 *
 * @param x [batch, height, width, in]
 * @param filter [3, 3, in, out]
 * @param activation what is done to x first, as for {@link winogradConv2d}
 * @returns [batch, 2 · height, 2 · width, out]
 * @throws when the filter is not 3×3, its channels are not those of `x`, or the activation does not fit `x`
 */
export function winogradUpsampleThenConv2d(x: Tensor, filter: Tensor, activation?: InputActivation): Tensor4D {
  requireThreeByThree('winogradUpsampleThenConv2d', x, filter);
  return convolution(x, filter, 1, activation, upsampleThenConv2d);
}
