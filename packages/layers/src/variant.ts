import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { averagePool2x2, conv2d, conv2dThenAveragePool, upsampleNearest2x, upsampleThenConv2d } from '@stargan/ops';

/**
 * How the resampling inside a block is computed. Both give the same function.
 *
 * - `fused`: convolution and resampling as one 4×4 convolution, shortcuts at the lower resolution
 * - `composed`: the textbook order, for comparison
 */
export type ResamplingVariant = 'fused' | 'composed';

/** The steps of a block that differ between variants; each is a function of a feature map. */
interface Resampling {
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

/** The implementations by name. A new variant is one more entry. */
export const resamplingVariants: Readonly<Record<ResamplingVariant, Resampling>> = {
  fused: {
    convolveThenPool: conv2dThenAveragePool,
    upsampleThenConvolve: upsampleThenConv2d,
    // Pooling and upsampling commute with a 1×1 convolution, which costs a quarter at the lower resolution.
    poolShortcut: (x, filter) => project(averagePool2x2(x), filter) as Tensor4D,
    upsampleShortcut: (x, filter) => upsampleNearest2x(project(x, filter)),
  },
  composed: {
    convolveThenPool: (x, filter) => averagePool2x2(conv2d(x, filter)),
    upsampleThenConvolve: (x, filter) => conv2d(upsampleNearest2x(x), filter),
    poolShortcut: (x, filter) => averagePool2x2(project(x, filter)),
    upsampleShortcut: (x, filter) => project(upsampleNearest2x(x), filter) as Tensor4D,
  },
};
