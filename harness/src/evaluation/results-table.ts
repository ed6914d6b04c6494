import type { EvaluationRecord, TaskResult } from './evaluation-record.js';
import { percent } from '../logging/format.js';
import { formatTable, type Table } from '../logging/text-table.js';
import { METRICS, metricKey, type Metric, type Scores } from './metrics.js';
import { GUIDANCES } from './tasks.js';

/** A table of scores. */
export interface ScoreTable extends Table {
  /** Why cells are empty, each reason once. */
  readonly reasons: readonly string[];
}

/** How tables call the metrics. */
export const METRIC_HEADINGS: Readonly<Record<Metric, string>> = {
  fid: 'FID ↓',
  kid: 'KID×10³ ↓',
  precision: 'precision',
  recall: 'recall',
  density: 'density',
  coverage: 'coverage',
  lpips: 'LPIPS ↑',
  domainAccuracy: 'domain',
  styleDistance: 'styles',
};

/** A value as tables show it; a dash where there is none. */
export function formatScore(metric: Metric, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (metric === 'fid') return value.toFixed(2);
  if (metric === 'kid') return (1000 * value).toFixed(2);
  if (metric === 'domainAccuracy') return percent(value);
  return value.toFixed(metric === 'lpips' ? 4 : 3);
}

/** The scores of every task and their means. */
export function scoreTable({ options, tasks, means, completed }: EvaluationRecord): ScoreTable {
  const cells = ({ values }: Scores): string[] => METRICS.map((metric) => formatScore(metric, values[metricKey(metric, options.fid)]));
  const rows = GUIDANCES.flatMap((guidance) => [
    ...tasks
      .filter((task) => task.guidance === guidance)
      .map(({ source, target, translations, scores }) => [guidance, `${source} → ${target}`, `${translations}`, ...cells(scores)]),
    ...(completed ? [[guidance, 'mean', '', ...cells(means[guidance])]] : []),
  ]);
  return {
    headings: ['guidance', 'task', 'images', ...METRICS.map((metric) => METRIC_HEADINGS[metric])],
    rows,
    reasons: reasonsOf(tasks),
  };
}

/** Each reason once, with the tasks that it holds for unless it holds for all. */
function reasonsOf(tasks: readonly TaskResult[]): string[] {
  const places = new Map<string, string[]>();
  for (const { guidance, source, target, scores } of tasks) {
    for (const { keys, reason } of groupReasons(scores.reasons)) {
      const text = `${keys}: ${reason}`;
      places.set(text, [...(places.get(text) ?? []), `${source} → ${target} (${guidance})`]);
    }
  }
  return [...places].map(([text, where]) => (where.length === tasks.length ? text : `${where.join(', ')} ${text}`));
}

function groupReasons(reasons: Readonly<Record<string, string>>): { keys: string; reason: string }[] {
  return [...new Set(Object.values(reasons))].map((reason) => ({
    keys: Object.keys(reasons)
      .filter((key) => reasons[key] === reason)
      .join(', '),
    reason,
  }));
}

/** An evaluation as text: what was compared, the table, and why cells are empty. */
export function describeEvaluation(evaluation: EvaluationRecord): string {
  const { iteration, convention, options, data, realAccuracy, notes } = evaluation;
  const table = scoreTable(evaluation);
  const images = data.domains.map(({ name, sources, reals }) => `${name} ${sources} sources, ${reals} real`).join('; ');
  return [
    `iteration ${iteration}, ${convention}, ${options.outputs} translations a source (${images})`,
    formatTable(table),
    `the domain classifier recognises ${percent(realAccuracy)} of real held-out images`,
    ...table.reasons.map((reason) => `– ${reason}`),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n');
}

/** The means alone, for between iterations of training. */
export function describeMeans(evaluation: EvaluationRecord): string {
  const { headings, rows } = scoreTable(evaluation);
  const means = rows.filter((row) => row[1] === 'mean').map(([guidance, , , ...cells]) => [guidance!, '', ...cells]);
  const [, , , ...metrics] = headings;
  return `evaluation at iteration ${evaluation.iteration}, ${evaluation.convention}\n${formatTable({ headings: ['guidance', '', ...metrics], rows: means })}`;
}
