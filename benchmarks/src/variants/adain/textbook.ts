import { add, mean, mul, reshape, rsqrt, split, square, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { affine } from '@stargan/ops';
import type { AdainVariant } from '../../suites/adain.js';

/** Equation of section 3.1 as it is written. */
export const variant: AdainVariant = (parameters, x, style) => {
  const factors = affine(style, parameters['fc.weight']!, parameters['fc.bias']!);
  const [gamma, beta] = split(reshape(factors, [x.shape[0], 1, 1, -1]), 2, 3) as [Tensor, Tensor];
  const centred = sub(x, mean(x, [1, 2], true));
  const inverseDeviation = rsqrt(add(mean(square(centred), [1, 2], true), 1e-5));
  return add(mul(mul(centred, inverseDeviation), add(gamma, 1)), beta);
};
