import { grad, matMul, mul, ones, reshape, scalar, square, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import * as losses from './index.js';
import { float32 } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, softplus64, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';

type Options = losses.LossOptions;
type Loss = (a: Tensor, b: Tensor, options?: Options) => Tensor;

const critic = (x: Tensor): Tensor => sum(square(x), 1);
const pairOf = (image: Tensor, otherImage: Tensor): losses.LatentPair => ({ image, otherImage, latent: otherImage, otherLatent: image });

/** Every loss that is reduced, as a function of two tensors [3, 2] and its options. */
const LOSSES: Readonly<Record<string, Loss>> = {
  charbonnierLoss: losses.charbonnierLoss,
  classificationLoss: (a, _, o) => losses.classificationLoss(a, [0, 1, 1], o),
  contentReconstructionLoss: losses.contentReconstructionLoss,
  cycleConsistencyLoss: losses.cycleConsistencyLoss,
  discriminatorAdversarialLoss: losses.discriminatorAdversarialLoss,
  discriminatorRelativisticAverageLoss: losses.discriminatorRelativisticAverageLoss,
  discriminatorRelativisticLoss: losses.discriminatorRelativisticLoss,
  diversityLoss: losses.diversityLoss,
  diversitySensitiveLoss: (a, b, o) => losses.diversitySensitiveLoss(pairOf(a, b), { bound: 0.5, ...o }),
  draganPenalty: (a, b, o) => losses.draganPenalty(critic, a, b, o),
  driftPenalty: (a, _, o) => losses.driftPenalty(a, o),
  fakeHingeLoss: (a, _, o) => losses.fakeHingeLoss(a, o),
  fakeLeastSquaresLoss: (a, _, o) => losses.fakeLeastSquaresLoss(a, o),
  fakeLogisticLoss: (a, _, o) => losses.fakeLogisticLoss(a, o),
  fakeWassersteinLoss: (a, _, o) => losses.fakeWassersteinLoss(a, o),
  featureMatchingLoss: (a, b, o) => losses.featureMatchingLoss([a, b], [b, a], o),
  generatorHingeLoss: (a, _, o) => losses.generatorHingeLoss(a, o),
  generatorLeastSquaresLoss: (a, _, o) => losses.generatorLeastSquaresLoss(a, o),
  generatorRelativisticAverageLoss: losses.generatorRelativisticAverageLoss,
  generatorRelativisticLoss: losses.generatorRelativisticLoss,
  generatorWassersteinLoss: (a, _, o) => losses.generatorWassersteinLoss(a, o),
  gradientNormPenaltyOfGradient: (a, _, o) => losses.gradientNormPenaltyOfGradient(a, o),
  klToStandardNormal: losses.klToStandardNormal,
  l1Loss: losses.l1Loss,
  l2Loss: losses.l2Loss,
  lecamPenalty: (a, b, o) => losses.lecamPenalty(a, b, { real: scalar(0.5), fake: scalar(-0.5) }, o),
  modeSeekingLoss: (a, b, o) => losses.modeSeekingLoss(pairOf(a, b), o),
  modeSeekingRatio: (a, b, o) => losses.modeSeekingRatio(pairOf(a, b), o),
  multiLabelLoss: (a, b, o) => losses.multiLabelLoss(a, b, o),
  nonSaturatingLogisticLoss: (a, _, o) => losses.nonSaturatingLogisticLoss(a, o),
  patchNceLoss: (a, b, o) => losses.patchNceLoss(reshape(a, [3, 2, 1]), reshape(b, [3, 2, 1]), o),
  pathLengthPenalty: (a, _, o) => losses.pathLengthPenalty(sum(a, 1), scalar(1), o),
  perceptualLoss: (a, b, o) => losses.perceptualLoss((x) => [x, square(x)], a, b, o),
  r1Penalty: (a, _, o) => losses.r1Penalty(critic, a, o),
  r1PenaltyOfGradient: (a, _, o) => losses.r1PenaltyOfGradient(a, o),
  r2Penalty: (a, _, o) => losses.r2Penalty(critic, a, o),
  realHingeLoss: (a, _, o) => losses.realHingeLoss(a, o),
  realLeastSquaresLoss: (a, _, o) => losses.realLeastSquaresLoss(a, o),
  realLogisticLoss: (a, _, o) => losses.realLogisticLoss(a, o),
  realWassersteinLoss: (a, _, o) => losses.realWassersteinLoss(a, o),
  saturatingLogisticLoss: (a, _, o) => losses.saturatingLogisticLoss(a, o),
  styleReconstructionLoss: losses.styleReconstructionLoss,
  wganGpPenalty: (a, b, o) => losses.wganGpPenalty(critic, a, b, tensor1d([0.25, 0.5, 0.75]), o),
};

/** What is exported and has no batch to reduce. */
const NOT_REDUCED = [
  'adversarialFamilies',
  'discriminatorObjective',
  'draganNoise',
  'generatorObjective',
  'gradientNorm',
  'gramMatrix',
  'interpolateImages',
  'lazyAdamRates',
  'lazyPenalty',
  'meanFeatureMatchingLoss',
  'outputsAndInputGradient',
  'pathLengths',
  'squaredGradientNorm',
  'updateLecamAnchors',
  'updatePathLengthAverage',
];

test('every exported function is in one of the two lists', () => {
  expect([...Object.keys(LOSSES), ...NOT_REDUCED].sort()).toEqual(Object.keys(losses).sort());
});

const A = [0.5, -1, 2, 1.5, 0.25, -0.25];
const B = [1, -0.5, 1.5, 0.5, -1, 0.75];

describe.each(Object.entries(LOSSES))('sample weights of %s', (_, loss) => {
  beforeAll(() => selectBackend('cpu'));
  const of = (options: Options): Tensor => loss(tensor2d(A, [3, 2]), tensor2d(B, [3, 2]), options);

  test('multiply the value of each sample, before it is averaged over the batch or summed', () => {
    const each = valuesOf(() => of({ reduction: 'none' }));
    fc.assert(
      fc.property(fc.array(float32(4), { minLength: 3, maxLength: 3 }), (weights) => {
        const sampleWeights = tensor1d(weights);
        const expected = each.map((value, i) => value * weights[i]!);
        const floor = 1 + Math.max(...each.map(Math.abs)) * 4;
        expect(
          worstError(
            valuesOf(() => of({ reduction: 'none', sampleWeights })),
            expected,
            floor,
          ),
        ).toBeLessThan(1e-6);
        expect(worstError([valueOf(() => of({ reduction: 'sum', sampleWeights }))], [sum64(expected)], floor)).toBeLessThan(2e-6);
        expect(worstError([valueOf(() => of({ sampleWeights }))], [mean64(expected)], floor)).toBeLessThan(1e-6);
        sampleWeights.dispose();
      }),
      { numRuns: 10 },
    );
  });

  test('unusable ones are refused, and usable ones leave nothing in memory', () => {
    expect(() => of({ sampleWeights: tensor1d([1, 2]) })).toThrow(
      /^\w+: sampleWeights must be a float32 tensor \[3\], one number per sample, got float32 \[2\]$/,
    );
    const [a, b, sampleWeights] = [tensor2d(A, [3, 2]), tensor2d(B, [3, 2]), ones([3])];
    loss(a, b, { sampleWeights });
    const unweighted = tensorsLeft(() => loss(a, b));
    expect(tensorsLeft(() => loss(a, b, { sampleWeights }))).toBe(unweighted);
  });
});

describe('sample weights', () => {
  beforeAll(() => selectBackend('cpu'));

  test('unusable ones are all that are no float32 vector', () => {
    const loss = (sampleWeights: unknown): Tensor => losses.realHingeLoss(tensor1d([1, 2]), { sampleWeights: sampleWeights as Tensor });
    expect(() => loss([1, 2])).toThrow('realHingeLoss: sampleWeights must be a float32 tensor [2], one number per sample, got no tensor');
    expect(() => loss(tensor1d([1, 2], 'int32'))).toThrow('got int32 [2]');
    expect(() => loss(tensor2d([1, 2], [2, 1]))).toThrow('got float32 [2, 1]');
  });

  test('that are 0 leave a sample out of the gradient', () => {
    const gradient = gradientOf((l) => losses.realLogisticLoss(l, { sampleWeights: tensor1d([0, 1]) }), [0, 0]);
    expect(gradient.map(Math.abs)).toEqual([0, 0.25]);
  });

  test('of a penalty weigh its parameter gradient', () => {
    const penalty = (sampleWeights?: Tensor) => (w: Tensor) =>
      losses.r1Penalty((x) => matMul(x as Tensor2D, w as Tensor2D), tensor2d([1, 2, 3, 4], [2, 2]), { sampleWeights });
    const plain = gradientOf(penalty(), [1, 2], [2, 1]);
    expect(gradientOf(penalty(tensor1d([1, 3])), [1, 2], [2, 1])).toEqual(plain.map((g) => g * 2));
    expect(valuesOf(() => grad(penalty(tensor1d([0, 0])))(tensor2d([1, 2], [2, 1])))).toEqual([0, 0]);
  });
});

describeDerivatives({
  name: 'realLogisticLoss with sample weights',
  inputs: [
    { values: A, shape: [3, 2] },
    { values: [0.5, 2, -1], shape: [3] },
  ],
  loss: (logits, sampleWeights) => losses.realLogisticLoss(logits, { sampleWeights }),
  exact: (logits, weights) => mean64(logits.map((l, i) => softplus64(-l) * weights[Math.floor(i / 2)]!)),
});
describeDerivatives({
  name: 'klToStandardNormal with sample weights',
  inputs: [
    { values: A.slice(0, 3), shape: [3, 1] },
    { values: [0.5, 2, -1], shape: [3] },
  ],
  loss: (mean, sampleWeights) => losses.klToStandardNormal(mean, mul(mean, 0), { sampleWeights }),
  exact: (mean, weights) => mean64(mean.map((m, i) => (m * m * weights[i]!) / 2)),
});
