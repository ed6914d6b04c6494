import { fused, getBackend, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { addBiasLeakyRelu, conv2d } from '@stargan/ops';

/** How a {@link rectifiedConvolution} walks over its input. */
export interface RectifiedConvolutionOptions {
  stride?: number;
  padding?: 'same' | 'valid';
}

/**
 * relu(filter ∗ x + bias).
 *
 * @param x [batch, height, width, in]
 * @param filter [filterHeight, filterWidth, in, out]
 * @param bias [out]
 * @returns [batch, height', width', out]
 */
export function rectifiedConvolution(x: Tensor, filter: Tensor, bias: Tensor, { stride = 1, padding = 'same' }: RectifiedConvolutionOptions = {}): Tensor4D {
  // The native runtime's fused convolution is three kernels in a row, so that two with one pass over the sum are faster.
  if (getBackend() === 'tensorflow') return tidy(() => addBiasLeakyRelu(conv2d(x, filter, { stride, padding }), bias, 0));
  return fused.conv2d({ x: x as Tensor4D, filter: filter as Tensor4D, strides: stride, pad: padding, bias: bias as Tensor1D, activation: 'relu' });
}
