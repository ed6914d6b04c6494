import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { addBias, conv2d, type Parameters } from '@stargan/ops';
import { adain } from './adain.js';
import { activatedBy, type Layer } from './layer.js';
import { LEAKY_SLOPE } from './leaky-slope.js';
import { join, parameter, type ParameterSpec } from './parameter-spec.js';
import {
  blockConvolutions,
  convolveActivated,
  convolveThenSum,
  type BlockConvolutions,
  type ConvolutionMethod,
} from './convolution-method.js';

/** Options of {@link styledResidualBlock}. */
export interface StyledResidualBlockOptions {
  /** Channels of the input. */
  inChannels: number;
  /** Channels of the output. */
  outChannels: number;
  /** Length of a style code. */
  styleDim: number;
  /** Whether height and width are doubled (default false). */
  upsample?: boolean | undefined;
  /** Whether the shortcut is added and the sum divided by √2 (default true). Models with a high-pass skip leave it out. */
  shortcut?: boolean | undefined;
  /** Makes both normalisations; AdaIN by default. `instanceNorm` gives the same block without a style. */
  norm?: ((prefix: string, options: { channels: number; styleDim: number; slope: number }) => Layer<[style: Tensor]>) | undefined;
  /** How the block convolves and resamples; every method computes the same function. */
  convolution?: ConvolutionMethod | BlockConvolutions | undefined;
}

/**
 * Residual block with style: AdaIN → lrelu → [nearest ×2] → 3×3 conv → AdaIN → lrelu → 3×3 conv; with
 * `shortcut`, ([nearest ×2] → [1×1 conv when the channels differ]) is added and the sum divided by √2.
 * x [batch, height, width, in], style [batch, styleDim] → [batch, height', width', out].
 *
 * Without shortcut the 1×1 weight stays in `specs`, unused, as in the reference's state dictionary.
 *
 * @param prefix of the names `conv1.*`, `conv2.*`, `norm1.fc.*`, `norm2.fc.*`, `conv1x1.weight`
 * @param options channels in and out, length of a style, resampling, shortcut, normalisation, and convolution method
 */
export function styledResidualBlock(
  prefix: string,
  { inChannels, outChannels, styleDim, upsample = false, shortcut = true, norm = adain, convolution }: StyledResidualBlockOptions,
): Layer<[style: Tensor]> {
  const name = (part: string): string => join(prefix, part);
  const norm1 = norm(name('norm1'), { channels: inChannels, styleDim, slope: LEAKY_SLOPE });
  const norm2 = norm(name('norm2'), { channels: outChannels, styleDim, slope: LEAKY_SLOPE });
  const hasProjection = inChannels !== outChannels;
  const convolutions = blockConvolutions(convolution);
  const specs: ParameterSpec[] = [
    { name: name('conv1.weight'), kind: 'convolution', shape: [3, 3, inChannels, outChannels] },
    { name: name('conv1.bias'), kind: 'bias', shape: [outChannels] },
    { name: name('conv2.weight'), kind: 'convolution', shape: [3, 3, outChannels, outChannels] },
    { name: name('conv2.bias'), kind: 'bias', shape: [outChannels] },
    ...norm1.specs,
    ...norm2.specs,
  ];
  if (hasProjection) specs.push({ name: name('conv1x1.weight'), kind: 'convolution', shape: [1, 1, inChannels, outChannels] });

  function shortcutOf(x: Tensor, projection: Tensor | undefined): Tensor {
    if (upsample) return convolutions.upsampleShortcut(x, projection);
    return projection === undefined ? x : conv2d(x, projection);
  }

  function apply(parameters: Parameters, x: Tensor, style: Tensor): Tensor4D {
    const get = (part: string): Tensor => parameter(parameters, name(part));
    const { convolve, upsampleThenConvolve } = convolutions;
    const first = activatedBy(norm1, parameters, x, style);
    // conv1's bias is left out: the instance norm that follows removes any constant per channel.
    const h = convolveActivated(upsample ? upsampleThenConvolve : convolve, first, get('conv1.weight'));
    const second = activatedBy(norm2, parameters, h, style);
    const [weight, bias] = [get('conv2.weight'), get('conv2.bias')];
    if (!shortcut) return addBias(convolveActivated(convolve, second, weight), bias);
    const added = shortcutOf(x, hasProjection ? get('conv1x1.weight') : undefined);
    return convolveThenSum(convolutions, second, weight, bias, added as Tensor4D, Math.SQRT1_2);
  }

  return { specs, apply: (parameters, x, style) => tidy(() => apply(parameters, x, style)) };
}
