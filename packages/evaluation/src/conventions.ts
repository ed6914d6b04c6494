import type { FidConventionName } from '@stargan/metrics';

/** Short names of the conventions of FID: the paper's, clean-fid's and pytorch-fid's. */
export const FID_NAMES = ['stargan2', 'clean', 'pytorch'] as const;

/** A short name of a convention. */
export type FidName = (typeof FID_NAMES)[number];

/** Whose FID a number is; `unknown` for one from files of statistics that do not say. */
export type ScoredConvention = FidName | 'unknown';

/**
 * The convention's whole name: `fid-stargan2`.
 *
 * @param fid its short name
 */
export const conventionOf = (fid: FidName): FidConventionName => `fid-${fid}`;

/** Raised whenever a convention's input changes, or how files are read for it: earlier features and scores are not reused. */
export const PIXELS_VERSION = 2;

/** Length of Inception's features. */
export const FEATURE_LENGTH = 2048;
