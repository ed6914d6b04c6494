import { count, dimension, fraction, rate, type ConfigOf, type Fields } from '@stargan/config';

/** What the iterations of a training see. */
export const batchFields = {
  batch: { ...dimension, default: 8, description: 'Images of each kind that are in memory together.' },
  gradientAccumulation: {
    ...dimension,
    default: 1,
    description:
      'Batches per update: the same update as with a batch this many times as large, in the memory of one (`batch` 2, `gradientAccumulation` 4 for 8).',
  },
  iterations: { ...count, minimum: 1, default: 100_000, description: 'Iterations of the whole training.' },
  seed: {
    kind: 'whole',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 777,
    description: 'Seed of all random numbers: initial weights, drawn images and crops, latent codes.',
  },
} as const satisfies Fields;

/** Adam divides by 1 minus this. */
const decay = { kind: 'number', minimum: 0, below: 1 } as const;

/** How the weights move. */
export const optimizerFields = {
  learningRate: { ...rate, default: 1e-4, description: 'Learning rate of generator, style encoder and discriminator.' },
  mappingLearningRate: { ...rate, default: 1e-6, description: 'Learning rate of the mapping network.' },
  beta1: { ...decay, default: 0, description: "Adam's decay of the mean gradient." },
  beta2: { ...decay, default: 0.99, description: "Adam's decay of the mean squared gradient." },
  weightDecay: { ...rate, default: 1e-4, description: 'L2 coupled into the gradient.' },
  emaDecay: { ...fraction, default: 0.999, description: 'Decay of the moving averages of the weights, which samples are made with.' },
  freeze: {
    kind: 'text',
    default: '',
    description:
      'Parameters that stay as they are, by names as checkpoints have them, with commas between: `discriminator.main.[0-2].*`; `freezeD` names the lower layers of the discriminator.',
  },
} as const satisfies Fields;

/** What the updates minimise. */
export const objectiveFields = {
  adversarial: {
    kind: 'choice',
    values: ['nonSaturating', 'saturating', 'hinge', 'leastSquares', 'wasserstein', 'relativistic'],
    default: 'nonSaturating',
    description:
      'The game that discriminator and generator play; `relativistic` pairs each generated image with a real one of its domain, as R3GAN does with the penalty `r1r2`.',
  },
  penalty: {
    kind: 'choice',
    values: ['r1', 'r1r2', 'wganGp'],
    default: 'r1',
    description:
      "What holds the discriminator back: R1 on real images, R1 and R2 on real and on generated ones, or WGAN-GP's penalty between generated images and real ones of the same domain.",
  },
  criticSteps: { ...dimension, default: 1, description: 'Discriminator updates per generator update, each on images of its own.' },
  guidance: {
    kind: 'choice',
    values: ['both', 'latent'],
    default: 'both',
    description: "Where the styles of an iteration's updates come from: latent codes, then reference images; or latent codes alone.",
  },
  lambdaR1: { ...rate, default: 1, description: 'λ_reg, weight of R1, and of R2.' },
  lambdaGradientPenalty: { ...rate, default: 10, description: "Weight of WGAN-GP's penalty." },
  lambdaClassification: { ...rate, default: 1, description: 'Weight of the classification of domains, where the discriminator does it.' },
  lambdaStyle: { ...rate, default: 1, description: 'λ_sty, weight of style reconstruction.' },
  lambdaDiversity: { ...rate, default: 1, description: 'λ_ds, weight of style diversification, at the start.' },
  lambdaCycle: { ...rate, default: 1, description: 'λ_cyc, weight of cycle consistency.' },
  diversityIterations: { ...count, minimum: 1, default: 100_000, description: 'Iterations over which λ_ds falls linearly to 0.' },
  augmentation: {
    kind: 'choice',
    values: [
      'off',
      'color',
      'translation',
      'cutout',
      'color,translation',
      'color,cutout',
      'translation,cutout',
      'color,translation,cutout',
    ],
    default: 'off',
    description: 'What is done at random to all images that the discriminator sees, real and generated: for few training images.',
  },
  augmentationProbability: {
    ...fraction,
    default: 1,
    description: 'How likely each operation of `augmentation` is to be done to an image; with `augmentationTarget`, at most.',
  },
  augmentationTarget: {
    kind: 'number',
    minimum: 0,
    below: 1,
    default: 0,
    description:
      "Adapts the probability, from 0 on, to this mean sign of the discriminator's logits for real images (StyleGAN2-ADA: 0.6); 0 leaves it as it is.",
  },
  augmentationImages: {
    ...count,
    minimum: 1,
    default: 500_000,
    description: 'Real images that the discriminator sees while an adapted probability rises from 0 to 1.',
  },
} as const satisfies Fields;

/** What the iterations of a training see. */
export type BatchConfig = ConfigOf<typeof batchFields>;

/** How the weights move. */
export type OptimizerConfig = ConfigOf<typeof optimizerFields>;

/** What the updates minimise. */
export type ObjectiveConfig = ConfigOf<typeof objectiveFields>;
