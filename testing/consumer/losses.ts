import * as tf from '@tensorflow/tfjs';
import {
  adversarialFamilies,
  charbonnierLoss,
  classificationLoss,
  contentReconstructionLoss,
  cycleConsistencyLoss,
  discriminatorAdversarialLoss,
  discriminatorObjective,
  discriminatorRelativisticAverageLoss,
  discriminatorRelativisticLoss,
  diversityLoss,
  diversitySensitiveLoss,
  draganNoise,
  draganPenalty,
  driftPenalty,
  fakeHingeLoss,
  fakeLeastSquaresLoss,
  fakeLogisticLoss,
  fakeWassersteinLoss,
  featureMatchingLoss,
  generatorHingeLoss,
  generatorLeastSquaresLoss,
  generatorObjective,
  generatorRelativisticAverageLoss,
  generatorRelativisticLoss,
  generatorWassersteinLoss,
  gradientNorm,
  gradientNormPenaltyOfGradient,
  gramMatrix,
  interpolateImages,
  klToStandardNormal,
  l1Loss,
  l2Loss,
  lazyAdamRates,
  lazyPenalty,
  lecamPenalty,
  meanFeatureMatchingLoss,
  modeSeekingLoss,
  modeSeekingRatio,
  multiLabelLoss,
  nonSaturatingLogisticLoss,
  outputsAndInputGradient,
  patchNceLoss,
  pathLengthPenalty,
  pathLengths,
  perceptualLoss,
  r1Penalty,
  r1PenaltyOfGradient,
  r2Penalty,
  realHingeLoss,
  realLeastSquaresLoss,
  realLogisticLoss,
  realWassersteinLoss,
  saturatingLogisticLoss,
  squaredGradientNorm,
  styleReconstructionLoss,
  updateLecamAnchors,
  updatePathLengthAverage,
  wganGpPenalty,
  type AdamRates,
  type AdversarialFamily,
  type AdversarialLosses,
  type CharbonnierOptions,
  type ClassificationOptions,
  type ClassLabels,
  type DiscriminatorTerms,
  type DiscriminatorWeights,
  type Distance,
  type DiversityOptions,
  type DiversitySensitiveOptions,
  type FeatureFunction,
  type FeatureMatchingOptions,
  type GeneratorTerms,
  type GeneratorWeights,
  type GradientNormOptions,
  type LatentPair,
  type LazySchedule,
  type LeastSquaresOptions,
  type LecamAnchors,
  type LecamOptions,
  type LogitLoss,
  type LossOptions,
  type ModeSeekingOptions,
  type OutputsAndInputGradient,
  type PatchNceOptions,
  type PerceptualOptions,
  type RealLogisticOptions,
  type ReconstructionOptions,
  type Reduced,
  type Reduction,
  type RelativisticFamily,
  type RelativisticOptions,
} from '@stargan/losses';

const logits = tf.variable(tf.tensor1d([0.5, -1]));
const image = tf.zeros<tf.Rank.R4>([2, 4, 4, 3]);
const weights = tf.variable(tf.zeros([48, 1]));
const critic = (x: tf.Tensor): tf.Tensor => tf.matMul(tf.reshape(x, [2, 48]), weights);
const optimizer = tf.train.adam(1e-3);

// Scalars, as tfjs' callers want them.
optimizer.minimize(() => realHingeLoss(logits));
optimizer.minimize(() => fakeHingeLoss(logits, { reduction: 'sum' }), true)?.dispose();
tf.variableGrads(() => generatorHingeLoss(logits));
const scalars: tf.Scalar[] = [
  realLogisticLoss(logits),
  fakeLogisticLoss(logits, {}),
  discriminatorAdversarialLoss(logits, logits),
  nonSaturatingLogisticLoss(logits, { reduction: 'mean' }),
  saturatingLogisticLoss(logits, undefined),
  realLeastSquaresLoss(logits, { target: 0.9 }),
  fakeLeastSquaresLoss(logits, { reduction: 'sum', target: 0.1 }),
  generatorLeastSquaresLoss(logits),
  realWassersteinLoss(logits),
  fakeWassersteinLoss(logits),
  generatorWassersteinLoss(logits),
  driftPenalty(logits),
  r1Penalty(critic, image),
  r1Penalty((x) => critic(x), image, { reduction: 'sum' }),
  r2Penalty(critic, image),
  wganGpPenalty(critic, image, image, tf.randomUniform([2]), { oneSided: true }),
  draganPenalty(critic, image, draganNoise(image, tf.randomUniform([2, 4, 4, 3]), { scale: 0.5 })),
  r1PenaltyOfGradient(image),
  gradientNormPenaltyOfGradient(image, { target: 1 }),
  diversityLoss(image, image, { gradientThrough: 'both' }),
  l1Loss(image, image),
  l2Loss(image, image),
  charbonnierLoss(image, image, { epsilon: 1e-3 }),
  styleReconstructionLoss(image, image),
  cycleConsistencyLoss(image, image, { distance: l2Loss }),
  contentReconstructionLoss(image, image, { distance: (a, b) => tf.losses.huberLoss(a, b) }),
  perceptualLoss((x) => [tf.square(x), gramMatrix(x)], image, image, { weights: [1, 0.5] }),
  classificationLoss(tf.zeros([2, 3]), [0, 2]),
  classificationLoss(tf.zeros([2, 3]), Int32Array.of(0, 2)),
  classificationLoss(tf.zeros([2, 3]), tf.tensor1d([0, 2], 'int32')),
  classificationLoss(tf.zeros([2, 3]), tf.oneHot([0, 2], 3)),
  classificationLoss(tf.zeros([2, 3]), [
    [0, 0.5, 0.5],
    [1, 0, 0],
  ]),
  multiLabelLoss(tf.zeros([2, 3]), tf.ones([2, 3], 'int32')),
  multiLabelLoss(tf.zeros([2, 2]), [
    [1, 0],
    [0, 1],
  ]),
  featureMatchingLoss([image], [image], { distance: l1Loss }),
  featureMatchingLoss(image, image),
  meanFeatureMatchingLoss(image, image),
  klToStandardNormal(image, image),
  realLogisticLoss(logits, { target: 0.9, sampleWeights: tf.ones([2]) }),
  classificationLoss(tf.zeros([2, 3]), [0, 2], { smoothing: 0.1 }),
  discriminatorRelativisticLoss(logits, logits, { family: adversarialFamilies.hinge }),
  generatorRelativisticLoss(logits, logits),
  discriminatorRelativisticAverageLoss(logits, logits),
  generatorRelativisticAverageLoss(logits, logits, { reduction: 'sum' }),
  patchNceLoss(tf.zeros([2, 4, 3]), tf.zeros([2, 4, 3]), { temperature: 0.1 }),
  pathLengthPenalty(
    pathLengths((style) => tf.reshape(style, [2, 1, 1, 3]), tf.zeros([2, 3]), tf.ones([2, 1, 1, 3])),
    tf.scalar(1),
  ),
  updatePathLengthAverage(undefined, tf.ones([2]), { decay: 0.99 }),
];
tf.dispose(scalars);
for (const [name, { real, fake, generator }] of Object.entries(adversarialFamilies)) {
  const sum: tf.Scalar = tf.add(real(logits), fake(logits));
  console.log(name, sum, generator(logits, { reduction: 'none' }).shape[0]);
}

// One value per sample.
const perSample: tf.Tensor1D[] = [
  realHingeLoss(logits, { reduction: 'none' }),
  cycleConsistencyLoss(image, image, { reduction: 'none' }),
  classificationLoss(tf.zeros([2, 3]), [0, 2], { reduction: 'none' }),
  discriminatorObjective({ real: realHingeLoss(logits, { reduction: 'none' }), fake: fakeHingeLoss(logits, { reduction: 'none' }) }),
  gradientNorm(image),
  squaredGradientNorm(image),
];
tf.dispose(perSample);

// A reduction that is known at run time only.
function chosen(reduction: Reduction | undefined): tf.Scalar | tf.Tensor1D {
  return realHingeLoss(logits, { reduction });
}
chosen('none');

// Objectives, with a term that is due at some iterations only, and with terms of one's own.
const schedule: LazySchedule = { iteration: 0, interval: 16 };
const r1: tf.Scalar | undefined = lazyPenalty(() => r1Penalty(critic, image), schedule);
const discriminatorTerms: DiscriminatorTerms<tf.Scalar> = { real: realHingeLoss(logits), fake: fakeHingeLoss(logits), r1 };
const discriminatorWeights: DiscriminatorWeights = { lambdaR1: 10 };
const generatorTerms: GeneratorTerms<tf.Scalar> = {
  adversarial: generatorHingeLoss(logits),
  cycle: tf.mul(l1Loss(image, image), 2),
  style: undefined,
};
const generatorWeights: GeneratorWeights = { lambdaStyle: 1, lambdaDiversity: undefined };
const objectives: tf.Scalar[] = [
  discriminatorObjective(discriminatorTerms, discriminatorWeights),
  generatorObjective(generatorTerms, generatorWeights),
];
tf.dispose(objectives);
const { value, grads } = tf.variableGrads(() => {
  const { outputs, gradient } = outputsAndInputGradient(critic, image);
  return discriminatorObjective({
    real: realHingeLoss(outputs),
    fake: fakeHingeLoss(outputs),
    r1: tf.mul(r1PenaltyOfGradient(gradient), 10),
  });
});
tf.dispose([value, grads]);

// Records leave tf.tidy and enter tf.dispose and tf.keep.
const both: OutputsAndInputGradient = tf.tidy(() => outputsAndInputGradient((x) => tf.square(x), image));
tf.dispose(both);
let anchors: LecamAnchors | undefined;
for (let step = 0; step < 2; step++) {
  const next: LecamAnchors = tf.tidy(() => updateLecamAnchors(anchors, logits, logits, { decay: 0.9 }));
  if (anchors !== undefined) tf.dispose(anchors);
  anchors = next;
  const lecam: tf.Scalar = lecamPenalty(logits, logits, anchors, { oneSided: true });
  lecam.dispose();
}

const pair: LatentPair = { image, otherImage: image, latent: logits, otherLatent: logits };
const diverse: tf.Scalar[] = [
  modeSeekingLoss(pair),
  modeSeekingRatio(pair, { reduction: 'sum' }),
  diversitySensitiveLoss(pair, { bound: 5 }),
];
tf.dispose(diverse);
const rates: AdamRates = lazyAdamRates({ learningRate: 1e-3, beta1: 0, beta2: 0.99 }, 16);
tf.train.adam(rates.learningRate, rates.beta1, rates.beta2);
const between: tf.Tensor = interpolateImages(image, image, tf.randomUniform([2]));
between.dispose();

// Types under their own names.
const family: AdversarialFamily = 'hinge';
const losses: AdversarialLosses = adversarialFamilies[family];
const pays: LogitLoss = losses.real;
const labels: ClassLabels = tf.tensor1d([0, 2], 'int32');
const apart: Distance = (a, b) => tf.losses.absoluteDifference(a, b);
const seen: FeatureFunction = (x) => tf.square(x);
const reduced: Reduced<'none'> = pays(logits, { reduction: 'none' });
const options: [
  LossOptions,
  CharbonnierOptions,
  DiversityOptions,
  DiversitySensitiveOptions,
  FeatureMatchingOptions,
  GradientNormOptions,
  LeastSquaresOptions,
  LecamOptions,
  ModeSeekingOptions,
  PerceptualOptions,
  ReconstructionOptions,
  ClassificationOptions,
  PatchNceOptions,
  RealLogisticOptions,
  RelativisticOptions,
] = [
  {},
  { epsilon: undefined },
  { reduction: 'sum' },
  {},
  { distance: apart },
  {},
  {},
  {},
  {},
  {},
  { distance: apart },
  {},
  {},
  {},
  { family: losses satisfies RelativisticFamily },
];
console.log(labels, seen, reduced, options);
