import { z } from 'zod';

/** More can only be a mistake, and would be met with memory that runs out. */
const MOST = 1e9;

/** Images that are larger do not fit in any memory with their feature maps. */
const LARGEST_IMAGE = 2 ** 14;

/** Widths, lengths and counts of images: each is a dimension of a tensor. */
const LARGEST_DIMENSION = 2 ** 16;

export const whole = (minimum: number, maximum = MOST): z.ZodNumber => z.number().int().min(minimum).max(maximum);
export const dimension = whole(1, LARGEST_DIMENSION);
export const rate = z.number().min(0);
export const fraction = z.number().min(0).max(1);
/** Adam divides by 1 minus this. */
const decay = z.number().min(0).lt(1);

/** What settles the networks, the objective, the updates and the optimisers; the defaults are the reference implementation's. */
export const trainingFields = {
  /** Height and width of the images: a power of two ≥ 16. */
  imageSize: z
    .number()
    .refine((size) => Number.isInteger(Math.log2(size)) && size >= 16, { message: 'must be a power of two ≥ 16', abort: true })
    .refine((size) => size <= LARGEST_IMAGE, { message: `must be at most ${LARGEST_IMAGE}`, abort: true })
    .default(256),
  /** Length of a style code. */
  styleDim: dimension.default(64),
  /** Length of a latent code. */
  latentDim: dimension.default(16),
  /** Width of the mapping network's hidden layers. */
  hiddenDim: dimension.default(512),
  /** First width of the convolutional networks × imageSize. */
  widthBudget: whole(16).default(2 ** 14),
  /** Cap of the widths that double per level. */
  maxWidth: dimension.default(512),
  /** Weight w_hpf of the high-pass skip; it divides the filter, 0 leaves the skip out. */
  highPass: rate.default(0),
  /** How blocks convolve and resample: all are the same function; `composed` is the textbook order, the others take less time. */
  variant: z.enum(['winograd', 'fused', 'composed']).default('winograd'),
  /** What carries the target domain to the generator: a style of mapping network or style encoder, a latent code beside the label, or the label alone. */
  style: z.enum(['mapped', 'latent', 'label']).default('mapped'),
  /** Where that enters the generator: in AdaIN, or as maps beside the image. */
  injection: z.enum(['adain', 'concatenation']).default('adain'),
  /** A branch per domain, or the domain as an input. */
  mappingNetwork: z.enum(['branches', 'conditional']).default('branches'),
  /** A head per domain, or the domain as an input. */
  styleEncoder: z.enum(['branches', 'conditional']).default('branches'),
  /** An output per domain; the domain as an input, by projection or as maps; or a critic of patches with a classifier of domains. */
  discriminator: z.enum(['branches', 'projection', 'labelMaps', 'patchClassifier']).default('branches'),
  /** What is kept for the backward pass: `blocks` keeps the inputs of residual blocks and computes their insides again. */
  checkpointing: z.enum(['none', 'blocks']).default('none'),

  /** Images that are in memory together. */
  batch: dimension.default(8),
  /** Batches per update: the same update as with a batch this many times as large, in the memory of one. */
  accumulate: dimension.default(1),
  /** Iterations of the whole training. */
  iterations: whole(1).default(100_000),
  /** Seed of all random numbers: initial weights, drawn images and crops, latent codes. */
  seed: whole(0, Number.MAX_SAFE_INTEGER).default(777),
  /** Learning rate of generator, style encoder and discriminator. */
  learningRate: rate.default(1e-4),
  /** Learning rate of the mapping network. */
  mappingLearningRate: rate.default(1e-6),
  /** Adam's decay of the mean gradient. */
  beta1: decay.default(0),
  /** Adam's decay of the mean squared gradient. */
  beta2: decay.default(0.99),
  /** L2 coupled into the gradient. */
  weightDecay: rate.default(1e-4),
  /** Decay of the moving averages that samples are made with. */
  emaDecay: fraction.default(0.999),
  /** The game that discriminator and generator play. */
  adversarial: z.enum(['nonSaturating', 'saturating', 'hinge', 'leastSquares', 'wasserstein']).default('nonSaturating'),
  /** What holds the discriminator back: R1 on real images, or WGAN-GP's penalty between real and generated ones. */
  penalty: z.enum(['r1', 'wasserstein']).default('r1'),
  /** Discriminator updates per generator update, each on images of its own. */
  criticSteps: dimension.default(1),
  /** Where the styles of an iteration's updates come from: latent codes, then reference images; or latent codes alone. */
  guidance: z.enum(['both', 'latent']).default('both'),
  /** λ_reg, weight of R1. */
  lambdaR1: rate.default(1),
  /** Weight of WGAN-GP's penalty. */
  lambdaWasserstein: rate.default(10),
  /** Weight of the classification of domains, where the discriminator does it. */
  lambdaClassification: rate.default(1),
  /** λ_sty, weight of style reconstruction. */
  lambdaStyle: rate.default(1),
  /** λ_ds at the start. */
  lambdaDiversity: rate.default(1),
  /** λ_cyc, weight of cycle consistency. */
  lambdaCycle: rate.default(1),
  /** Iterations over which λ_ds falls linearly to 0. */
  diversityIterations: whole(1).default(100_000),
};

/** Adds an issue where the first width of the networks, the quotient of the two, would be below one channel. */
export function requireFirstWidth({ widthBudget, imageSize }: { widthBudget: number; imageSize: number }, context: z.RefinementCtx): void {
  if (widthBudget < imageSize)
    context.addIssue({ code: 'custom', path: ['widthBudget'], message: `must be at least imageSize, ${imageSize}, for one channel` });
}

/** The part of a configuration that networks, updates and optimisers read. */
export const trainingConfigSchema = z.strictObject(trainingFields).superRefine(requireFirstWidth);

/** A validated {@link trainingConfigSchema}. */
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
