import { add, mean, mul, rsqrt, square, sub } from '@tensorflow/tfjs-core';
import type { InstanceNormVariant } from '../../suites/instance-norm.js';

export const variant: InstanceNormVariant = (x, scale, shift) => {
  const centred = sub(x, mean(x, [1, 2], true));
  const inverseDeviation = rsqrt(add(mean(square(centred), [1, 2], true), 1e-5));
  return add(mul(mul(centred, inverseDeviation), scale), shift);
};
