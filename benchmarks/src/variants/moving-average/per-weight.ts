import { add, mul } from '@tensorflow/tfjs-core';
import type { MovingAverageVariant } from '../../suites/optimizer.js';

export const variant: MovingAverageVariant = (average, weights, decay) =>
  Object.fromEntries(Object.entries(average).map(([name, tensor]) => [name, add(mul(tensor, decay), mul(weights[name]!, 1 - decay))]));
