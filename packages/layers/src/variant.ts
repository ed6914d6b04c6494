import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import {
  averagePool2x2,
  conv2d,
  conv2dThenAveragePool,
  upsampleNearest2x,
  upsampleThenConv2d,
  winogradConv2d,
  winogradConv2dThenAveragePool,
  winogradUpsampleThenConv2d,
} from '@stargan/ops';

/**
 * How the 3×3 convolutions of a block and the resampling around them are computed. All give the same function.
 *
 * - `winograd`: by minimal filtering where the backend has kernels for it and they pay, else as `fused`
 * - `fused`: convolution and resampling as one 4×4 convolution, shortcuts at the lower resolution
 * - `composed`: the textbook order, for comparison
 */
export type ConvolutionVariant = 'winograd' | 'fused' | 'composed';

/** What networks use unless told otherwise. */
export const DEFAULT_VARIANT: ConvolutionVariant = 'winograd';

/** The steps of a block that differ between variants; each is a function of a feature map. Filters are [3, 3, in, out], those of shortcuts [1, 1, in, out]. */
export interface BlockConvolutions {
  /** 3×3 `same` convolution. */
  convolve(x: Tensor, filter: Tensor): Tensor4D;
  /** 3×3 `same` convolution, then 2×2 average pooling. */
  convolveThenPool(x: Tensor, filter: Tensor): Tensor4D;
  /** Nearest upsampling ×2, then 3×3 `same` convolution. */
  upsampleThenConvolve(x: Tensor, filter: Tensor): Tensor4D;
  /** Shortcut of a block that halves the resolution; `filter` is the 1×1 convolution, if there is one. */
  poolShortcut(x: Tensor, filter: Tensor | undefined): Tensor4D;
  /** Shortcut of a block that doubles the resolution. */
  upsampleShortcut(x: Tensor, filter: Tensor | undefined): Tensor4D;
}

const project = (x: Tensor, filter: Tensor | undefined): Tensor => (filter === undefined ? x : conv2d(x, filter));

// Pooling and upsampling commute with a 1×1 convolution, which costs a quarter at the lower resolution.
const shortcutsAtLowerResolution: Pick<BlockConvolutions, 'poolShortcut' | 'upsampleShortcut'> = {
  poolShortcut: (x, filter) => project(averagePool2x2(x), filter) as Tensor4D,
  upsampleShortcut: (x, filter) => upsampleNearest2x(project(x, filter)),
};

/** The implementations by name. A new variant is one more entry. */
export const convolutionVariants: Readonly<Record<ConvolutionVariant, BlockConvolutions>> = {
  winograd: {
    convolve: winogradConv2d,
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
 * The steps of a variant: one of those that are there, or steps of one's own, which should compute the same function.
 *
 * @throws when there is no variant of this name
 */
export function blockConvolutions(variant: ConvolutionVariant | BlockConvolutions = DEFAULT_VARIANT): BlockConvolutions {
  if (typeof variant !== 'string') return variant;
  const names = Object.keys(convolutionVariants);
  if (!names.includes(variant))
    throw new Error(`blockConvolutions: variant must be ${names.join(', ')} or steps of your own, got ${variant as string}`);
  return convolutionVariants[variant];
}
