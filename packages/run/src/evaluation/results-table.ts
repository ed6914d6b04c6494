import { formatShare, metricKey, metricTable, type Metric, type Scores } from '@stargan/metrics';
import type { EvaluationRecord, TaskResult } from './evaluation-record.js';
import { GUIDANCES } from '@stargan/training/evaluation';
import { formatTable, type Table } from '@stargan/command-line';

/** A table of scores. */
export interface ScoreTable extends Table {
  /** Why cells are empty, each reason once. */
  readonly reasons: readonly string[];
}

/**
 * A value as tables show it; a dash where there is none.
 *
 * @param value of the metric; undefined or null where it has none
 */
export const formatScore = ({ format }: Metric, value: number | null | undefined): string => (value == null ? '–' : format(value));

/**
 * The scores of every task and their means.
 *
 * @param evaluation done or under way
 * @param metrics those that are shown; all by default
 */
export function scoreTable(evaluation: EvaluationRecord, metrics = metricTable): ScoreTable {
  const { options, tasks, means, completed } = evaluation;
  const cells = ({ values }: Scores): string[] => metrics.map((metric) => formatScore(metric, values[metricKey(metric, options.fid)]));
  const rows = GUIDANCES.flatMap((guidance) => [
    ...tasks
      .filter((task) => task.guidance === guidance)
      .map(({ source, target, translations, scores }) => [guidance, `${source} → ${target}`, `${translations}`, ...cells(scores)]),
    ...(completed ? [[guidance, 'mean', '', ...cells(means[guidance])]] : []),
  ]);
  return { headings: ['guidance', 'task', 'images', ...metrics.map(({ heading }) => heading)], rows, reasons: reasonsOf(tasks) };
}

/** Each reason once, with the tasks that it holds for unless it holds for all. */
function reasonsOf(tasks: readonly TaskResult[]): string[] {
  const places = new Map<string, string[]>();
  for (const { guidance, source, target, scores } of tasks) {
    for (const text of describeReasons(scores)) places.set(text, [...(places.get(text) ?? []), `${source} → ${target} (${guidance})`]);
  }
  return [...places].map(([text, where]) => (where.length === tasks.length ? text : `${where.join(', ')} ${text}`));
}

/** Why scores are missing: each reason once, after the names of those that it holds for. */
export function describeReasons({ reasons }: Scores): string[] {
  const keysOf = (reason: string): string[] => Object.keys(reasons).filter((key) => reasons[key] === reason);
  return [...new Set(Object.values(reasons))].map((reason) => `${keysOf(reason).join(', ')}: ${reason}`);
}

/**
 * An evaluation as text: what was compared, the table, and why cells are empty.
 *
 * @param evaluation done or under way
 * @param metrics those that are shown; all by default
 */
export function describeEvaluation(evaluation: EvaluationRecord, metrics = metricTable): string {
  const { iteration, convention, options, data, realAccuracy, notes } = evaluation;
  const table = scoreTable(evaluation, metrics);
  const images = data.domains.map(({ name, sources, reals }) => `${name} ${sources} sources, ${reals} real`).join('; ');
  return [
    `iteration ${iteration}, ${convention}, ${options.outputs} translations a source (${images})`,
    formatTable(table),
    `the domain classifier recognises ${formatShare(realAccuracy)} of real held-out images`,
    ...table.reasons.map((reason) => `– ${reason}`),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n');
}

/**
 * The means alone, for between iterations of training.
 *
 * @param evaluation a completed one
 */
export function describeMeans(evaluation: EvaluationRecord): string {
  const { headings, rows } = scoreTable(evaluation);
  const means = rows.filter((row) => row[1] === 'mean').map(([guidance, , , ...cells]) => [guidance!, '', ...cells]);
  const [, , , ...metrics] = headings;
  return `evaluation at iteration ${evaluation.iteration}, ${evaluation.convention}\n${formatTable({ headings: ['guidance', '', ...metrics], rows: means })}`;
}
