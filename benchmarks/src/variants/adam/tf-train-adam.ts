import { add, clone, mul, train, variable } from '@tensorflow/tfjs-core';
import type { AdamVariant } from '../../suites/optimizer.js';

/** The optimiser that tfjs brings, on variables. Each run is one more step. */
export const variant: AdamVariant = (weights, gradients, { learningRate, beta1, beta2, epsilon, weightDecay }) => {
  const optimizer = train.adam(learningRate, beta1, beta2, epsilon);
  const variables = Object.entries(weights).map(([name, weight]) => variable(weight, true, name));
  return () => {
    // It knows no weight decay.
    optimizer.applyGradients(
      Object.fromEntries(variables.map((weight) => [weight.name, add(gradients[weight.name]!, mul(weight, weightDecay))])),
    );
    return Object.fromEntries(variables.map((weight) => [weight.name, clone(weight)]));
  };
};
