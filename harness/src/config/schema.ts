import { fraction, rate, requireFirstWidth, trainingFields, whole } from '@stargan/training';
import { z } from 'zod';
import { FID_NAMES, METRICS } from '../evaluation/metrics.js';

/**
 * Everything that settles a training run besides the data. Flat, so that each value can be set from the command
 * line; the defaults are the reference implementation's.
 */
export const configSchema = z
  .strictObject({
    ...trainingFields,
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
  .superRefine(requireFirstWidth);

/** A validated configuration. */
export type Config = z.infer<typeof configSchema>;

/** Names of all config values. */
export const CONFIG_KEYS = Object.keys(configSchema.shape) as (keyof Config)[];
