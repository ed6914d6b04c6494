import type { Tensor } from '@tensorflow/tfjs-core';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import {
  winogradConvolutionFilterGradientKernel,
  winogradConvolutionInputGradientKernel,
  winogradConvolutionKernel,
  type ConvolutionAttributes,
} from './fused/winograd-convolution.js';
import type { Operation } from './operation.js';

type Bilinear<Name extends string> = Operation<Record<Name, Tensor>, ConvolutionAttributes>;

// Bilinear and each other's gradients, as the convolutions that they stand for, so the chain can be differentiated to
// any order.

/** The convolution. */
export const convolve: Bilinear<'x' | 'filter'> = defineFusedOperation(winogradConvolutionKernel, {
  saved: ['x', 'filter'],
  gradients: (dy, { x, filter }, attributes) => ({
    x: () => inputGradient({ dy, filter }, attributes),
    filter: () => filterGradient({ x, dy }, attributes),
  }),
});

/** Its gradient with respect to x. */
export const inputGradient: Bilinear<'dy' | 'filter'> = defineFusedOperation(winogradConvolutionInputGradientKernel, {
  saved: ['dy', 'filter'],
  gradients: (g, { dy, filter }, attributes) => ({
    dy: () => convolve({ x: g, filter }, attributes),
    filter: () => filterGradient({ x: g, dy }, attributes),
  }),
});

/** Its gradient with respect to the filter. */
export const filterGradient: Bilinear<'x' | 'dy'> = defineFusedOperation(winogradConvolutionFilterGradientKernel, {
  saved: ['x', 'dy'],
  gradients: (g, { x, dy }, attributes) => ({
    x: () => inputGradient({ dy, filter: g }, attributes),
    dy: () => convolve({ x, filter: g }, attributes),
  }),
});
