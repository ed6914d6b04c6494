import { z } from 'zod';
import { FID_NAMES, METRICS } from '../evaluation/metrics.js';

/** More can only be a mistake, and would be met with memory that runs out. */
const MOST = 1e9;

/** Images that are larger do not fit in any memory with their feature maps. */
const LARGEST_IMAGE = 2 ** 14;

/** Widths, lengths and counts of images: each is a dimension of a tensor. */
const LARGEST_DIMENSION = 2 ** 16;

const whole = (minimum: number, maximum = MOST): z.ZodNumber => z.number().int().min(minimum).max(maximum);
const dimension = whole(1, LARGEST_DIMENSION);
const rate = z.number().min(0);
const fraction = z.number().min(0).max(1);
/** Adam divides by 1 minus this. */
const decay = z.number().min(0).lt(1);

/**
 * Everything that settles a training run besides the data. Flat, so that each value can be set from the command
 * line; the defaults are the reference implementation's.
 */
export const configSchema = z
  .strictObject({
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
    /** Probability that an image is cropped at random instead of taken whole. */
    cropProbability: fraction.default(0.5),
    /** A broken image is named and replaced by another until too many are broken, skipped whatever their number, or ends the run. */
    onCorrupt: z.enum(['replace', 'skip', 'refuse']).default('replace'),
    /** Share of a domain's images that may be broken and replaced; one may be in any case. */
    corruptLimit: fraction.default(0.1),
    /** How images are checked before the training begins: the beginning and end of each file, by decoding all, or not. */
    checkImages: z.enum(['header', 'full', 'none']).default('header'),
    /** A loss, gradient or weight that is not finite ends the run, or takes it back to the last checkpoint, from which it goes on with other draws. */
    onNonFinite: z.enum(['stop', 'rollback']).default('stop'),
    /** How often a run may be taken back; after that it ends. */
    maxRollbacks: whole(0).default(3),
    /** How a run tells its images from others when it is resumed: by names and sizes, or also by the contents of all files, which are read for it. */
    fingerprint: z.enum(['sizes', 'contents']).default('sizes'),

    /** Iterations between lines of the log. */
    logEvery: whole(1).default(10),
    /** Iterations between sample grids; 0 makes none but the last. */
    sampleEvery: whole(0).default(1000),
    /** Domains that sample grids show at most, from the first on; 0 shows all. */
    sampleDomains: whole(0).default(5),
    /** Sources, and references, that sample grids show of each domain. */
    sampleSources: whole(1).default(4),
    /** Iterations between checkpoints; 0 makes none but the last. */
    saveEvery: whole(0).default(1000),
    /** Minutes between checkpoints, beside `saveEvery`; 0 saves by iterations alone. */
    saveMinutes: rate.default(15),
    /** Checkpoints that are kept; older ones are deleted. */
    keepCheckpoints: whole(1).default(3),
    /** Iterations between evaluations; 0 makes none. */
    evaluateEvery: whole(0).default(0),
    /** Translations of each source in an evaluation. */
    evaluateOutputs: whole(1).default(10),
    /** Sources per domain in an evaluation; 0 takes all validation images. */
    evaluateSources: whole(0).default(0),
    /** Training images per domain that translations are compared with; 0 takes all. */
    evaluateReals: whole(0).default(0),
    /** Training steps of the classifier that tells the domains of translations. */
    evaluateClassifierSteps: whole(1).default(800),
    /** Whose FID it is: the paper's, clean-fid's or pytorch-fid's. */
    evaluateFid: z.enum(FID_NAMES).default('stargan2'),
    /** Metric whose best checkpoint is kept: its mean over both guidances. */
    bestMetric: z.enum(METRICS).default('fid'),
  })
  .superRefine(({ widthBudget, imageSize }, context) => {
    // The first width of the networks is their quotient.
    if (widthBudget < imageSize)
      context.addIssue({ code: 'custom', path: ['widthBudget'], message: `must be at least imageSize, ${imageSize}, for one channel` });
  });

/** A validated configuration. */
export type Config = z.infer<typeof configSchema>;

/** Names of all config values. */
export const CONFIG_KEYS = Object.keys(configSchema.shape) as (keyof Config)[];
