import { adam } from '@stargan/optimizers';
import type { AdamVariant } from '../../suites/optimizer.js';

export const variant: AdamVariant = (weights, gradients, options) => {
  const optimizer = adam(options);
  const state = optimizer.init(weights);
  return () => optimizer.update(weights, gradients, state).parameters;
};
