export {
  discriminatorAdversarialLoss,
  fakeLogisticLoss,
  nonSaturatingLogisticLoss,
  realLogisticLoss,
  saturatingLogisticLoss,
} from './adversarial.js';
export { cycleConsistencyLoss } from './cycle.js';
export { diversityLoss, type DiversityOptions } from './diversity.js';
export {
  outputsAndInputGradient,
  r1Penalty,
  r1PenaltyOfGradient,
  squaredGradientNorm,
  type OutputsAndInputGradient,
} from './gradient-penalty.js';
export {
  discriminatorObjective,
  generatorObjective,
  type DiscriminatorTerms,
  type DiscriminatorWeights,
  type GeneratorTerms,
  type GeneratorWeights,
} from './objective.js';
export { type LossOptions, type Reduction } from './reduction.js';
export { styleReconstructionLoss } from './style-reconstruction.js';
