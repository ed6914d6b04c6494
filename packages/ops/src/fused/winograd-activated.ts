import { add, gather, mul, reshape, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leakyRelu } from '../activations.js';
import type { KernelSample, RandomTensor, SingleOutputOperation } from './fused-operation.js';
import {
  winogradConvolutionFilterGradientKernel,
  winogradConvolutionKernel,
  winogradConvolutionResidualSumKernel,
  type ConvolutionAttributes,
} from './winograd-convolution.js';

/** Slope of the leaky ReLU that x goes through. */
interface Slope {
  slope: number;
}

/**
 * lrelu((x − center) · factor + shift) with coefficients [3, batch, channels], which are center, factor and shift; or lrelu(x + bias)
 * with [1, 1, channels].
 */
function activated(x: Tensor, coefficients: Tensor, slope: number): Tensor {
  const [rows, batch, channels] = coefficients.shape as [number, number, number];
  const row = (i: number): Tensor => reshape(gather(coefficients, i), [batch, 1, 1, channels]);
  return leakyRelu(rows === 1 ? add(x, row(0)) : add(mul(sub(x, row(0)), row(1)), row(2)), slope);
}

type WithX = Record<'x' | 'coefficients', Tensor>;

/** An operation that takes x, as one that takes lrelu of the normalised or biased x. */
function activating<Inputs extends Record<'x', Tensor>, Attributes extends object>(
  kernelName: string,
  kernel: SingleOutputOperation<Inputs, Attributes>,
  first: keyof Attributes & string,
): SingleOutputOperation<Inputs & WithX, Attributes & Slope> {
  const samples = (random: RandomTensor): KernelSample<Inputs & WithX, Attributes & Slope>[] =>
    kernel.samples(random).flatMap(({ inputs, attributes }) => {
      const [batch, , , channels] = inputs.x.shape as [number, number, number, number];
      return [random(1, 1, channels), random(3, batch, channels)].map((coefficients) => ({
        inputs: { ...inputs, coefficients },
        attributes: { ...attributes, slope: 0.2 },
      }));
    });
  return {
    ...kernel,
    kernelName,
    nativeSource: 'winograd_activated.cc',
    inputs: [...kernel.inputs, 'coefficients'],
    attributes: [first, 'slope'],
    composed: (inputs, attributes) =>
      kernel.composed({ ...inputs, x: activated(inputs.x, inputs.coefficients, attributes.slope) }, attributes),
    samples,
  };
}

/** The convolution of what x is activated to. */
export const winogradActivatedConvolutionKernel: SingleOutputOperation<WithX & Record<'filter', Tensor>, ConvolutionAttributes & Slope> =
  activating('StarganWinogradActivatedConvolution', winogradConvolutionKernel, 'resampling');

/** scale · (convolution of what x is activated to + bias + shortcut). */
export const winogradActivatedConvolutionResidualSumKernel: SingleOutputOperation<
  WithX & Record<'shortcut' | 'filter' | 'bias', Tensor>,
  { scale: number } & Slope
> = activating('StarganWinogradActivatedConvolutionResidualSum', winogradConvolutionResidualSumKernel, 'scale');

/** The gradient of a convolution of what x is activated to, with respect to the filter. */
export const winogradActivatedConvolutionFilterGradientKernel: SingleOutputOperation<
  WithX & Record<'dy', Tensor>,
  ConvolutionAttributes & Slope
> = activating('StarganWinogradActivatedConvolutionFilterGradient', winogradConvolutionFilterGradientKernel, 'resampling');
