import { conv2d } from '@stargan/ops';
import type { ConvolutionVariant } from '../../suites/convolution.js';

export const variant: ConvolutionVariant = (x, filter) => conv2d(x, filter);
