import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d, type Parameters } from '@stargan/ops';
import { instanceNorm } from './instance-norm.js';
import { activatedBy, type Activated, type Layer } from './layer.js';
import { LEAKY_SLOPE } from './leaky-slope.js';
import { join, parameter, type ParameterSpec } from './parameter-spec.js';
import {
  blockConvolutions,
  convolveActivated,
  convolveThenSum,
  type BlockConvolutions,
  type ConvolutionMethod,
} from './convolution-method.js';

/** Options of {@link residualBlock}. */
export interface ResidualBlockOptions {
  /** Channels of the input. */
  inChannels: number;
  /** Channels of the output. */
  outChannels: number;
  /** Whether there is an instance normalisation before each activation (default false). */
  normalize?: boolean | undefined;
  /** Whether height and width are halved (default false). */
  downsample?: boolean | undefined;
  /** How the block convolves and resamples; every method computes the same function. */
  convolution?: ConvolutionMethod | BlockConvolutions | undefined;
}

/**
 * Pre-activation residual block:
 * ([IN] → lrelu → 3×3 conv → [pool] → [IN] → lrelu → 3×3 conv + shortcut) / √2, the shortcut being
 * [1×1 conv when the channels differ] → [pool].
 * x [batch, height, width, in] → [batch, height', width', out], halved when `downsample`.
 *
 * @param prefix of the names `conv1.*`, `conv2.*`, `norm1.*`, `norm2.*`, `conv1x1.weight`
 * @param options channels in and out, normalisation, resampling, and convolution method
 */
export function residualBlock(
  prefix: string,
  { inChannels, outChannels, normalize = false, downsample = false, convolution }: ResidualBlockOptions,
): Layer {
  const name = (part: string): string => join(prefix, part);
  const norm1 = normalize ? instanceNorm(name('norm1'), { channels: inChannels, slope: LEAKY_SLOPE }) : undefined;
  const norm2 = normalize ? instanceNorm(name('norm2'), { channels: inChannels, slope: LEAKY_SLOPE }) : undefined;
  const hasShortcut = inChannels !== outChannels;
  const convolutions = blockConvolutions(convolution);
  const specs: ParameterSpec[] = [
    { name: name('conv1.weight'), kind: 'convolution', shape: [3, 3, inChannels, inChannels] },
    { name: name('conv1.bias'), kind: 'bias', shape: [inChannels] },
    { name: name('conv2.weight'), kind: 'convolution', shape: [3, 3, inChannels, outChannels] },
    { name: name('conv2.bias'), kind: 'bias', shape: [outChannels] },
    ...(norm1?.specs ?? []),
    ...(norm2?.specs ?? []),
  ];
  if (hasShortcut) specs.push({ name: name('conv1x1.weight'), kind: 'convolution', shape: [1, 1, inChannels, outChannels] });

  function apply(parameters: Parameters, x: Tensor): Tensor4D {
    const get = (part: string): Tensor => parameter(parameters, name(part));
    const first: Activated = norm1 === undefined ? { x, activation: { slope: LEAKY_SLOPE } } : activatedBy(norm1, parameters, x);
    const { convolve, convolveThenPool } = convolutions;
    const h = convolveActivated(downsample ? convolveThenPool : convolve, first, get('conv1.weight'));
    // The instance norm that follows removes any constant per channel, so conv1's bias is not added before it.
    const second: Activated =
      norm2 === undefined ? { x: h, activation: { bias: get('conv1.bias'), slope: LEAKY_SLOPE } } : activatedBy(norm2, parameters, h);
    const projection = hasShortcut ? get('conv1x1.weight') : undefined;
    const shortcut = downsample ? convolutions.poolShortcut(x, projection) : projection === undefined ? x : conv2d(x, projection);
    return convolveThenSum(convolutions, second, get('conv2.weight'), get('conv2.bias'), shortcut as Tensor4D, Math.SQRT1_2);
  }

  return { specs, apply: (parameters, x) => tidy(() => apply(parameters, x)) };
}
