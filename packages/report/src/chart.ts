/** A chart: one curve per label. */
export interface Chart {
  /** What is drawn. */
  readonly title: string;
  /** What the first list of `data` holds; `iteration` by default. */
  readonly x?: string;
  /** What the values are, with their unit: the label of the vertical axis. */
  readonly y?: string;
  /** Names of the curves. */
  readonly labels: readonly string[];
  /** First the iterations, then the values of each label; null leaves a gap. */
  readonly data: readonly (readonly (number | null)[])[];
  /** Whether a curve crosses gaps in a straight line; false by default. */
  readonly spanGaps?: boolean;
  /** Index of each label's colour, for labels that have the same colour in several charts; by default in order. */
  readonly colours?: readonly number[];
  /** Range of the values; by default that of the data. */
  readonly range?: readonly [number, number];
}

/** One line of a log: the iteration, and numbers by name. */
export type LogLine = { readonly iteration: number } & Readonly<Record<string, number>>;

/** Points that a curve shows at most. */
const POINTS = 1000;

/** A log in stretches of equal length, no more of them than a curve shows points. */
export function stretchesOf(log: readonly LogLine[]): LogLine[][] {
  const length = Math.max(1, Math.ceil(log.length / POINTS));
  return Array.from({ length: Math.ceil(log.length / length) }, (_, i) => log.slice(i * length, (i + 1) * length));
}

/** A value with as many digits as a curve can show. */
const rounded = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);

/**
 * One point of a curve for each stretch of a log; null where the stretch has no finite value.
 *
 * @param stretches of {@link stretchesOf}
 * @param valueOf the value of a stretch
 */
export function curveOf(stretches: readonly LogLine[][], valueOf: (stretch: readonly LogLine[]) => number): (number | null)[] {
  return stretches.map((stretch) => rounded(valueOf(stretch)));
}

/**
 * The mean of a name's finite values in a stretch of a log; NaN where it has none.
 *
 * @param key name of the value in the log
 */
export const meanOf =
  (key: string): ((stretch: readonly LogLine[]) => number) =>
  (stretch) => {
    const values = stretch.map((line) => line[key]).filter((value): value is number => Number.isFinite(value));
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };

/**
 * A chart of values of a log. Each point is the mean over a stretch of lines, since single iterations are noisy; there are at
 * most a thousand points. Values that the log does not hold are left out.
 *
 * @param log lines in the order of iterations
 * @param curves names of values in the log, by the labels of their curves
 * @param chart title and axes
 * @returns undefined when the log holds none of the values, or fewer than two lines
 */
export function logChart(
  log: readonly LogLine[],
  curves: Readonly<Record<string, string>>,
  chart: Pick<Chart, 'title' | 'y' | 'range'>,
): Chart | undefined {
  const logged = Object.entries(curves).filter(([, key]) => log.some((line) => line[key] !== undefined));
  if (logged.length === 0 || log.length < 2) return undefined;
  const stretches = stretchesOf(log);
  return {
    ...chart,
    labels: logged.map(([label]) => label),
    data: [curveOf(stretches, meanOf('iteration')), ...logged.map(([, key]) => curveOf(stretches, meanOf(key)))],
  };
}
