import { add } from '@tensorflow/tfjs-core';
import { outputsAndInputGradient, r1PenaltyOfGradient, realLogisticLoss } from '@stargan/losses';
import type { R1Variant } from '../../suites/r1.js';

export const variant: R1Variant = (apply, image) => {
  const { outputs, gradient } = outputsAndInputGradient(apply, image);
  return add(realLogisticLoss(outputs), r1PenaltyOfGradient(gradient));
};
