import { getBackend, getKernel } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d, conv2dInputGradient, conv2dFilterGradient } from './convolution.js';
import { defineOperation, type Operation } from './operation.js';
import { averagePool2x2, sumPool2x2, upsampleNearest2x } from './resampling.js';
import { conv2dThenAveragePool, requireEvenSides, requireThreeByThree, upsampleThenConv2d } from './resampling-convolution.js';

/** What surrounds the 3×3 convolution: average pooling after it (−1), nothing (0), nearest upsampling before it (1). */
type Resampling = -1 | 0 | 1;
interface Attributes {
  resampling: Resampling;
}

// Bilinear and each other's gradients, as the convolutions that they stand for, so the chain can be differentiated to
// any order. Their forward functions are the textbook compositions, for backends without kernels of these names.

const convolve: Operation<{ x: Tensor; filter: Tensor }, Attributes> = defineOperation({
  name: 'WinogradConvolution',
  forward: ({ x, filter }, { resampling }) => {
    if (resampling === 0) return conv2d(x, filter);
    return resampling < 0 ? averagePool2x2(conv2d(x, filter)) : conv2d(upsampleNearest2x(x), filter);
  },
  saved: ['x', 'filter'],
  gradients: (dy, { x, filter }, attributes) => ({
    x: () => inputGradient({ dy, filter }, attributes),
    filter: () => filterGradient({ x, dy }, attributes),
  }),
});

const inputGradient: Operation<{ dy: Tensor; filter: Tensor }, Attributes> = defineOperation({
  name: 'WinogradConvolutionInputGradient',
  forward: ({ dy, filter }, { resampling }) => {
    const ofFullSize = resampling < 0 ? upsampleNearest2x(dy, 1 / 4) : (dy as Tensor4D);
    const [batch, height, width] = ofFullSize.shape;
    const dx = conv2dInputGradient(ofFullSize, filter, [batch, height, width, filter.shape[2]!]);
    return resampling > 0 ? sumPool2x2(dx) : dx;
  },
  saved: ['dy', 'filter'],
  gradients: (g, { dy, filter }, attributes) => ({
    dy: () => convolve({ x: g, filter }, attributes),
    filter: () => filterGradient({ x: g, dy }, attributes),
  }),
});

const filterGradient: Operation<{ x: Tensor; dy: Tensor }, Attributes> = defineOperation({
  name: 'WinogradConvolutionFilterGradient',
  forward: ({ x, dy }, { resampling }) => {
    const filterShape = [3, 3, x.shape[3]!, dy.shape[3]!];
    return conv2dFilterGradient(resampling > 0 ? upsampleNearest2x(x) : x, resampling < 0 ? upsampleNearest2x(dy, 1 / 4) : dy, filterShape);
  },
  saved: ['x', 'dy'],
  gradients: (g, { x, dy }, attributes) => ({
    x: () => inputGradient({ dy, filter: g }, attributes),
    dy: () => convolve({ x, filter: g }, attributes),
  }),
});

/** Channels that the kernels take in one go. */
const CHANNELS_AT_ONCE = 32;
/** Below this many tiles, transforming the filter costs more than the products that it saves. */
const FEWEST_TILES = 16;

/** Whether a kernel is there and saves time: enough channels to fill its vectors, enough tiles to pay for the filter. */
function pays(x: Tensor, filter: Tensor, resampling: Resampling): boolean {
  // Null, against the declared type, where there is none.
  if (getKernel('StarganWinogradConvolution', getBackend()) == null) return false;
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
