import { trainingFields, type TrainingConfig } from '../config/training-config.js';
import { defaultsOf } from '@stargan/config';

/** A configuration of a model that trains in milliseconds. */
export function smallConfig(values: Partial<TrainingConfig> = {}): TrainingConfig {
  return {
    ...defaultsOf(trainingFields),
    imageSize: 16,
    widthBudget: 64,
    maxWidth: 8,
    styleDim: 4,
    latentDim: 4,
    hiddenDim: 8,
    batch: 2,
    iterations: 20,
    diversityIterations: 100,
    learningRate: 1e-3,
    ...values,
  };
}
