/** A value, or why there is none. */
export type MetricOutcome =
  | {
      /** The value. */
      readonly value: number;
    }
  | {
      /** Why there is no value. */
      readonly reason: string;
    };

/** Values by name; null where there is none, with the reason under the same name in `reasons`. */
export interface Scores {
  /** Values by name. */
  values: Record<string, number | null>;
  /** Why values are null, by name. */
  reasons: Record<string, string>;
}

/**
 * Scores of which none can be had, all for one reason.
 *
 * @param keys names of the missing values
 * @param reason a clause that says why, the same for all
 */
export function withoutScores(keys: readonly string[], reason: string): Scores {
  return { values: Object.fromEntries(keys.map((key) => [key, null])), reasons: Object.fromEntries(keys.map((key) => [key, reason])) };
}

/**
 * One outcome under its name; a number that is not finite is none.
 *
 * @param key the name it is kept under, as `metricKey` gives it
 * @param outcome the value, or why there is none
 */
export function score(key: string, outcome: MetricOutcome): Scores {
  if ('reason' in outcome) return withoutScores([key], outcome.reason);
  const { value } = outcome;
  if (!Number.isFinite(value)) return withoutScores([key], `it came out as ${value}: the translations are not finite`);
  return { values: { [key]: value }, reasons: {} };
}

/**
 * Several scores as one.
 *
 * @param parts a later one replaces values of an earlier one that have the same name
 */
export function joinScores(...parts: readonly Scores[]): Scores {
  return {
    values: Object.assign({}, ...parts.map(({ values }) => values)) as Scores['values'],
    reasons: Object.assign({}, ...parts.map(({ reasons }) => reasons)) as Scores['reasons'],
  };
}

/**
 * The mean of each value; null where a part has none, so that means of different models are of the same parts.
 *
 * @param parts scores to average, ≥ 1; `name` stands in the reason where one lacks a value
 */
export function meanScores(parts: readonly { readonly name: string; readonly scores: Scores }[]): Scores {
  const keys = [...new Set(parts.flatMap(({ scores }) => Object.keys(scores.values)))];
  return joinScores(
    ...keys.map((key) => {
      const lacking = parts.filter(({ scores }) => (scores.values[key] ?? null) === null);
      if (lacking.length === 0)
        return score(key, { value: parts.reduce((sum, { scores }) => sum + scores.values[key]!, 0) / parts.length });
      const [{ name, scores }] = lacking as [(typeof lacking)[number]];
      const others = lacking.length > 1 ? ` (and ${lacking.length - 1} more)` : '';
      return score(key, { reason: `${name}: ${scores.reasons[key] ?? 'not computed'}${others}` });
    }),
  );
}
