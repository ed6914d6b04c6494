import { conv2d } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ConvolutionVariant } from '../../suites/convolution.js';

export const variant: ConvolutionVariant = (x, filter) => conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same');
