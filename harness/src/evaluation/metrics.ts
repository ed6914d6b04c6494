import { metricTable, type FidConventionName } from '@stargan/metrics';

/** Names of all metrics of translations, in the order of tables. */
export const METRICS = metricTable.map(({ key }) => key);

/** Short names of the conventions, as options and config have them. */
export const FID_NAMES = ['stargan2', 'clean', 'pytorch'] as const;

/** A short name of a convention. */
export type FidName = (typeof FID_NAMES)[number];

/** Whose FID a number is; `unknown` for one from files of statistics that do not say. */
export type ScoredConvention = FidName | 'unknown';

/** The convention's whole name: `fid-stargan2`. */
export const conventionOf = (fid: FidName): FidConventionName => `fid-${fid}`;

/** Raised whenever a convention's input changes, or how files are read for it: earlier features and scores are not reused. */
export const PIXELS_VERSION = 2;
