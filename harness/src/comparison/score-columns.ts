import type { EvaluationRecord } from '../evaluation/evaluation-record.js';
import { metricKey, type FidName, type Metric, type Scores } from '../evaluation/metrics.js';
import { formatScore, METRIC_HEADINGS, scoreTable } from '../evaluation/results-table.js';
import { GUIDANCES, type Guidance } from '../evaluation/tasks.js';
import { percent } from '../logging/format.js';

/** Scores under each kind of guidance. */
export type Means = Readonly<Record<Guidance, Scores>>;

/** Columns of a table about several models. */
export interface ScoreColumns {
  readonly headings: readonly string[];
  readonly cells: (means: Means) => string[];
}

/** The metrics of the paper's tables, and those that need no pretrained weights. */
const SHOWN: readonly Metric[] = ['fid', 'lpips', 'domainAccuracy', 'styleDistance'];

/** A column per guidance and metric; metrics that no model has, for lack of pretrained weights, are left out. */
export function scoreColumns(models: readonly Means[], fid: FidName): ScoreColumns {
  const valueOf = (means: Means, guidance: Guidance, metric: Metric): number | null =>
    means[guidance].values[metricKey(metric, fid)] ?? null;
  const columns = GUIDANCES.flatMap((guidance) =>
    SHOWN.filter((metric) => models.some((means) => valueOf(means, guidance, metric) !== null)).map((metric) => ({ guidance, metric })),
  );
  return {
    headings: columns.map(({ guidance, metric }) => `${guidance} ${METRIC_HEADINGS[metric]}`),
    cells: (means) => columns.map(({ guidance, metric }) => formatScore(metric, valueOf(means, guidance, metric))),
  };
}

/** What the columns mean, how it was measured, and why some are not there: a line each. */
export function explainScores(evaluation: EvaluationRecord): string[] {
  const { convention, options, realAccuracy } = evaluation;
  return [
    `Measured on ${options.outputs} translations of each held-out source into each other domain, by the protocol of the paper, the same for all. ` +
      `FID: to training images of the target domain (${convention}). LPIPS: between translations of one source; the larger, the more diverse. ` +
      `Domain: share of translations that a classifier, trained on real images, takes for their target; of real held-out images it recognises ${percent(realAccuracy)}. ` +
      'Styles: mean absolute difference between translations of one source, of values in [-1, 1].',
    ...scoreTable(evaluation).reasons.map((reason) => `Not computed: ${reason}`),
  ];
}
