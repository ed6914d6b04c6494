import { winogradConv2d } from '@stargan/ops';
import type { ConvolutionVariant } from '../../suites/convolution.js';

/** By minimal filtering, where the backend has kernels for it and there are enough tiles. */
export const variant: ConvolutionVariant = winogradConv2d;
