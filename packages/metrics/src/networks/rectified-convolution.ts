import { fused, getBackend, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { addBiasLeakyRelu, conv2d } from '@stargan/ops';
import type { AveragePool } from './pooling.js';

/** How a {@link rectifiedConvolution} walks over its input. */
export interface RectifiedConvolutionOptions {
  stride?: number;
  padding?: 'same' | 'valid';
  /**
   * Averages neighbourhoods of what a 1×1 filter gives, before the bias: the same as averaging its input, in less work
   * where the filter has fewer channels out than in.
   */
  average?: AveragePool;
}

/**
 * relu(filter ∗ x + bias), or relu(average(filter ∗ x) + bias).
 *
 * @param x [batch, height, width, in]
 * @param filter [filterHeight, filterWidth, in, out]
 * @param bias [out]
 * @returns [batch, height', width', out]
 */
export function rectifiedConvolution(
  x: Tensor,
  filter: Tensor,
  bias: Tensor,
  { stride = 1, padding = 'same', average }: RectifiedConvolutionOptions = {},
): Tensor4D {
  // The native runtime's fused convolution is three kernels in a row, so that two with one pass over the sum are faster.
  if (getBackend() === 'tensorflow' || average !== undefined) {
    return tidy(() => {
      const sums = conv2d(x, filter, { stride, padding });
      return addBiasLeakyRelu(average === undefined ? sums : average(sums), bias, 0);
    });
  }
  return fused.conv2d({ x: x as Tensor4D, filter: filter as Tensor4D, strides: stride, pad: padding, bias, activation: 'relu' });
}
