import type { FidConventionName } from '@stargan/metrics';

/** Short names of the conventions, as options and config have them. */
export const FID_NAMES = ['stargan2', 'clean', 'pytorch'] as const;

/** A short name of a convention. */
export type FidName = (typeof FID_NAMES)[number];

/** Changes when a convention's input does, or how files are read for it: features and scores of before are not taken for new ones. */
export const PIXELS_VERSION = 2;

/** Metrics on features of Inception-v3. */
export const FEATURE_METRICS = ['fid', 'kid', 'precision', 'recall', 'density', 'coverage'] as const;

/** Metrics of translations. */
export const METRICS = [...FEATURE_METRICS, 'lpips', 'domainAccuracy', 'styleDistance'] as const;

/** A metric of translations. */
export type Metric = (typeof METRICS)[number];

/** Values by name; null where there is none, with the reason under the same name in `reasons`. */
export interface Scores {
  values: Record<string, number | null>;
  reasons: Record<string, string>;
}

/** The convention's whole name: `fid-stargan2`. */
export const conventionOf = (fid: FidName): FidConventionName => `fid-${fid}`;

/** Whose FID a number is; `unknown` for one from files of statistics that do not say. */
export type ScoredConvention = FidName | 'unknown';

/** The name under which a metric is kept: those on Inception's features name their convention, `kid-stargan2`. */
export function metricKey(metric: Metric, fid: ScoredConvention): string {
  return (FEATURE_METRICS as readonly string[]).includes(metric) ? `${metric}-${fid}` : metric;
}

/** Whether a smaller value is the better one. */
export const lowerIsBetter = (metric: Metric): boolean => metric === 'fid' || metric === 'kid';

/** Scores of which none can be had, all for one reason. */
export function withoutScores(keys: readonly string[], reason: string): Scores {
  return { values: Object.fromEntries(keys.map((key) => [key, null])), reasons: Object.fromEntries(keys.map((key) => [key, reason])) };
}

/** One value, or none with a reason; a number that is not finite is none. */
export function score(key: string, value: number | string): Scores {
  if (typeof value === 'string') return withoutScores([key], value);
  if (!Number.isFinite(value)) return withoutScores([key], `it came out as ${value}: the translations are not finite`);
  return { values: { [key]: value }, reasons: {} };
}

/** Several scores as one. */
export function joinScores(...parts: readonly Scores[]): Scores {
  return {
    values: Object.assign({}, ...parts.map(({ values }) => values)) as Scores['values'],
    reasons: Object.assign({}, ...parts.map(({ reasons }) => reasons)) as Scores['reasons'],
  };
}

/** The mean of each value; null where a part has none, so that means of different runs are of the same tasks. */
export function meanScores(parts: readonly { readonly name: string; readonly scores: Scores }[]): Scores {
  const keys = [...new Set(parts.flatMap(({ scores }) => Object.keys(scores.values)))];
  return joinScores(
    ...keys.map((key) => {
      const lacking = parts.filter(({ scores }) => (scores.values[key] ?? null) === null);
      if (lacking.length > 0)
        return score(
          key,
          `${lacking[0]!.name}: ${lacking[0]!.scores.reasons[key] ?? 'not computed'}${lacking.length > 1 ? ` (and ${lacking.length - 1} more)` : ''}`,
        );
      return score(key, parts.reduce((sum, { scores }) => sum + scores.values[key]!, 0) / parts.length);
    }),
  );
}
