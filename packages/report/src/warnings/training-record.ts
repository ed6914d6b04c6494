import type { LogLine } from '../chart.js';

/** What is known of a training. */
export interface TrainingRecord {
  /**
   * The log of losses, in the order of iterations, by the names of StarGAN v2's reference: `D/latent_real`, `G/latent_ds`, ….
   * Rules whose losses are not in it say nothing.
   */
  readonly losses: readonly LogLine[];
  /** The log of time: `seconds` and `dataWaitSeconds` since the line before. */
  readonly speed: readonly LogLine[];
  /** Config values by key, such as `lambdaCycle`; rules that need one that is missing say nothing. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What happened to the run, oldest first. */
  readonly events: readonly { readonly event: string; readonly iteration: number }[];
}

/** Lines of a log below which nothing is judged. */
const FEWEST_LINES = 20;

/** The part of a training that rules judge: its last fifth, of enough lines to be more than noise. */
export function recentOf(log: readonly LogLine[]): readonly LogLine[] | undefined {
  return log.length < FEWEST_LINES ? undefined : log.slice(-Math.max(FEWEST_LINES / 2, Math.ceil(log.length / 5)));
}

/** The mean of a value in lines of a log; undefined where none of them has it. */
export function average(lines: readonly LogLine[] | undefined, key: string): number | undefined {
  const values = (lines ?? []).map((line) => line[key]).filter((value): value is number => Number.isFinite(value));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A number of the settings. */
export function setting({ settings }: TrainingRecord, key: string): number | undefined {
  const value = settings[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
