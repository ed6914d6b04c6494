export {
  discriminatorAdversarialLoss,
  fakeLogisticLoss,
  nonSaturatingLogisticLoss,
  realLogisticLoss,
  saturatingLogisticLoss,
} from './adversarial.js';
export { adversarialFamilies, type AdversarialFamily, type AdversarialLosses, type LogitLoss } from './adversarial-families.js';
export { classificationLoss } from './classification.js';
export type { ClassLabels } from './labels.js';
export { contentReconstructionLoss } from './content-reconstruction.js';
export { cycleConsistencyLoss } from './cycle.js';
export { charbonnierLoss, l1Loss, l2Loss, type CharbonnierOptions, type Distance } from './distances.js';
export { diversityLoss, type DiversityOptions } from './diversity.js';
export type { LatentPair } from './diversity-ratio.js';
export { diversitySensitiveLoss, type DiversitySensitiveOptions } from './diversity-sensitive.js';
export { draganNoise, draganPenalty } from './dragan-penalty.js';
export { featureMatchingLoss, meanFeatureMatchingLoss, type FeatureMatchingOptions } from './feature-matching.js';
export { gaussianDivergence } from './gaussian-divergence.js';
export { gradientNorm, gradientNormPenaltyOfGradient, type GradientNormOptions } from './gradient-norm.js';
export {
  outputsAndInputGradient,
  r1Penalty,
  r1PenaltyOfGradient,
  squaredGradientNorm,
  type OutputsAndInputGradient,
} from './gradient-penalty.js';
export { gramMatrix } from './gram-matrix.js';
export { fakeHingeLoss, generatorHingeLoss, realHingeLoss } from './hinge.js';
export { lazyAdamRates, lazyPenalty, type AdamRates, type LazySchedule } from './lazy-regularization.js';
export { fakeLeastSquaresLoss, generatorLeastSquaresLoss, realLeastSquaresLoss, type LeastSquaresOptions } from './least-squares.js';
export { lecamPenalty, updateLecamAnchors, type LecamAnchors, type LecamOptions } from './lecam.js';
export { modeSeekingLoss, modeSeekingRatio, type ModeSeekingOptions } from './mode-seeking.js';
export { multiLabelLoss } from './multi-label.js';
export {
  discriminatorObjective,
  generatorObjective,
  type DiscriminatorTerms,
  type DiscriminatorWeights,
  type GeneratorTerms,
  type GeneratorWeights,
} from './objective.js';
export { perceptualLoss, type FeatureFunction, type PerceptualOptions } from './perceptual.js';
export { r2Penalty } from './r2-penalty.js';
export { type ReconstructionOptions } from './reconstruction.js';
export { type LossOptions, type Reduced, type Reduction } from './reduction.js';
export { styleReconstructionLoss } from './style-reconstruction.js';
export { driftPenalty, fakeWassersteinLoss, generatorWassersteinLoss, realWassersteinLoss } from './wasserstein.js';
export { interpolateImages, wassersteinGradientPenalty } from './wasserstein-gradient-penalty.js';
