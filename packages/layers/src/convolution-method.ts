import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import {
  activate,
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
  type InputActivation,
} from '@stargan/ops';
import type { Activated } from './layer.js';

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

/** Whether a step takes what is to be done to x first as its last argument and does it itself; else it is done before the step. */
interface Activates {
  readonly activates?: boolean | undefined;
}

/** A 3×3 convolution of a block: x [batch, height, width, in], filter [3, 3, in, out]. */
export type ConvolutionStep = ((x: Tensor, filter: Tensor, activation?: InputActivation) => Tensor4D) & Activates;

/** The last convolution of a block, with what follows it: bias [out], shortcut [batch, height, width, out]. */
export type LastConvolutionStep = ((
  x: Tensor,
  filter: Tensor,
  bias: Tensor,
  shortcut: Tensor,
  scale: number,
  activation?: InputActivation,
) => Tensor4D) &
  Activates;

/**
 * The steps of a block that differ between methods; each is a function of a feature map. Filters are [3, 3, in, out], those of shortcuts
 * [1, 1, in, out].
 */
export interface BlockConvolutions {
  /** 3×3 `same` convolution. */
  convolve: ConvolutionStep;
  /** scale · (3×3 `same` convolution + bias + shortcut), the end of a block. Left out where it is made of `convolve`. */
  convolveThenSum?: LastConvolutionStep | undefined;
  /** 3×3 `same` convolution, then 2×2 average pooling; height and width are even. */
  convolveThenPool: ConvolutionStep;
  /** Nearest upsampling ×2, then 3×3 `same` convolution. */
  upsampleThenConvolve: ConvolutionStep;
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

/** A step that does itself what is to be done to x first. */
const activating = <Arguments extends unknown[]>(
  step: (...given: Arguments) => Tensor4D,
): ((...given: Arguments) => Tensor4D) & Required<Activates> => Object.assign((...given: Arguments) => step(...given), { activates: true });

/** The methods by name. A new one is one more entry. */
export const convolutionMethods: Readonly<Record<ConvolutionMethod, BlockConvolutions>> = {
  winograd: {
    convolve: activating(winogradConv2d),
    convolveThenSum: activating(winogradConv2dThenResidualSum),
    convolveThenPool: activating(winogradConv2dThenAveragePool),
    upsampleThenConvolve: activating(winogradUpsampleThenConv2d),
    ...shortcutsAtLowerResolution,
  },
  fused: {
    convolve: (x, filter) => conv2d(x, filter),
    convolveThenPool: conv2dThenAveragePool,
    upsampleThenConvolve: upsampleThenConv2d,
    ...shortcutsAtLowerResolution,
  },
  composed: {
    convolve: (x, filter) => conv2d(x, filter),
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

/** The input of a step, with what is left to be done to it where the step does that itself. */
function inputOf({ activates }: Activates, { x, activation }: Activated): Activated {
  return activation === undefined || activates === true ? { x, activation } : { x: activate(x, activation) };
}

/** A convolution of a block, with what is left to be done to its input. */
export function convolveActivated(step: ConvolutionStep, input: Activated, filter: Tensor): Tensor4D {
  const { x, activation } = inputOf(step, input);
  return step(x, filter, activation);
}

/** The end of a residual block by these steps: scale · (3×3 convolution + bias + shortcut), with what is left to be done to its input. */
export function convolveThenSum(
  { convolve, convolveThenSum: atOnce }: BlockConvolutions,
  input: Activated,
  filter: Tensor,
  bias: Tensor,
  shortcut: Tensor4D,
  scale: number,
): Tensor4D {
  if (atOnce === undefined) return residualSum(addBias(convolveActivated(convolve, input, filter), bias), shortcut, scale);
  const { x, activation } = inputOf(atOnce, input);
  return atOnce(x, filter, bias, shortcut, scale, activation);
}
