import type { Config } from './schema.js';

/** Named configurations; each says only what differs from the defaults. */
export const PRESETS: Readonly<Record<string, Partial<Config>>> = {
  /** Faces: CelebA-HQ as in the paper, but with shortcuts in place of the high-pass skip, whose face-landmark masks are not made yet. */
  'celeba-hq': { highPass: 0, lambdaDiversity: 1 },
  /** Animals: AFHQ as in the paper. */
  afhq: { highPass: 0, lambdaDiversity: 2 },
  /** Small pictures of shapes: minutes on two CPU cores. */
  demo: {
    imageSize: 32,
    widthBudget: 512,
    maxWidth: 64,
    styleDim: 16,
    hiddenDim: 128,
    // Twice as many updates in the same time as with 8, and rounder circles, sharper triangles.
    batch: 4,
    iterations: 2400,
    learningRate: 1e-3,
    mappingLearningRate: 1e-4,
    emaDecay: 0.995,
    diversityIterations: 2400,
    // At 1 the networks of this size keep a source's colour too, and styles fall together.
    lambdaCycle: 0.5,
    logEvery: 10,
    sampleEvery: 400,
    saveEvery: 400,
    // A pass through Inception takes about 0.15 s on such cores: an evaluation stays within minutes.
    evaluateSources: 8,
    evaluateReals: 200,
    // From 200 on it recognises every held-out image.
    evaluateClassifierSteps: 400,
  },
  /** Small photographs: the demo's networks, about half an hour on an idle core. */
  'photos-32': {
    imageSize: 32,
    widthBudget: 512,
    maxWidth: 64,
    styleDim: 16,
    hiddenDim: 128,
    batch: 8,
    iterations: 7200,
    learningRate: 1e-3,
    mappingLearningRate: 1e-4,
    emaDecay: 0.995,
    // R1 was tuned at 256²: at 1 it leaves a discriminator of 32² flat, and the generator little to follow.
    lambdaR1: 0.1,
    // Of faces: with less, one training of two lost its styles; with 1, fewer translations reached their domain.
    lambdaDiversity: 0.5,
    diversityIterations: 7200,
    lambdaCycle: 0.5,
    sampleEvery: 600,
    saveEvery: 600,
  },
};
