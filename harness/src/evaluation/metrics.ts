import type { FidConventionName } from '@stargan/metrics';
import type { FidName } from '../config/evaluation-fields.js';

/** Whose FID a number is; `unknown` for one from files of statistics that do not say. */
export type ScoredConvention = FidName | 'unknown';

/** The convention's whole name: `fid-stargan2`. */
export const conventionOf = (fid: FidName): FidConventionName => `fid-${fid}`;

/** Raised whenever a convention's input changes, or how files are read for it: earlier features and scores are not reused. */
export const PIXELS_VERSION = 2;
