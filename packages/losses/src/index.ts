export {
  adversarialFamilies,
  discriminatorAdversarialLoss,
  driftPenalty,
  fakeHingeLoss,
  fakeLeastSquaresLoss,
  fakeLogisticLoss,
  fakeWassersteinLoss,
  generatorHingeLoss,
  generatorLeastSquaresLoss,
  generatorWassersteinLoss,
  nonSaturatingLogisticLoss,
  realHingeLoss,
  realLeastSquaresLoss,
  realLogisticLoss,
  realWassersteinLoss,
  saturatingLogisticLoss,
  type AdversarialFamily,
  type AdversarialLosses,
  type LeastSquaresOptions,
  type LogitLoss,
  type RealLogisticOptions,
} from './adversarial.js';
export { classificationLoss, multiLabelLoss, type ClassLabels, type ClassificationOptions } from './classification.js';
export { charbonnierLoss, l1Loss, l2Loss, type CharbonnierOptions, type Distance } from './distances.js';
export { klToStandardNormal } from './divergence.js';
export {
  diversityLoss,
  diversitySensitiveLoss,
  modeSeekingLoss,
  modeSeekingRatio,
  type DiversityOptions,
  type DiversitySensitiveOptions,
  type LatentPair,
  type ModeSeekingOptions,
} from './diversity.js';
export { featureMatchingLoss, meanFeatureMatchingLoss, type FeatureMatchingOptions } from './feature-matching.js';
export {
  gradientNorm,
  gradientNormPenaltyOfGradient,
  outputsAndInputGradient,
  r1PenaltyOfGradient,
  squaredGradientNorm,
  type GradientNormOptions,
  type OutputsAndInputGradient,
} from './input-gradient.js';
export { lazyAdamRates, lazyPenalty, type AdamRates, type LazySchedule } from './lazy-regularization.js';
export { lecamPenalty, updateLecamAnchors, type LecamAnchors, type LecamOptions } from './lecam.js';
export {
  discriminatorObjective,
  generatorObjective,
  type DiscriminatorTerms,
  type DiscriminatorWeights,
  type GeneratorTerms,
  type GeneratorWeights,
} from './objective.js';
export { patchNceLoss, type PatchNceOptions } from './patch-nce.js';
export { pathLengthPenalty, pathLengths, updatePathLengthAverage } from './path-length.js';
export { draganNoise, draganPenalty, interpolateImages, r1Penalty, r2Penalty, wganGpPenalty } from './penalties.js';
export { gramMatrix, perceptualLoss, type FeatureFunction, type PerceptualOptions } from './perceptual.js';
export { contentReconstructionLoss, cycleConsistencyLoss, styleReconstructionLoss, type ReconstructionOptions } from './reconstruction.js';
export {
  discriminatorRelativisticAverageLoss,
  discriminatorRelativisticLoss,
  generatorRelativisticAverageLoss,
  generatorRelativisticLoss,
  type RelativisticFamily,
  type RelativisticOptions,
} from './relativistic.js';
export type { LossOptions, Reduced, Reduction } from './reduction.js';
