import type { FidName } from '@stargan/evaluation';
import { formatShare, metricKey, metricTable, type Scores } from '@stargan/metrics';
import { type EvaluationRecord, formatScore, scoreTable } from '@stargan/run';
import { GUIDANCES, type Guidance } from '@stargan/training/evaluation';

/** Scores under each kind of guidance. */
export type Means = Readonly<Record<Guidance, Scores>>;

/** Columns of a table about several models. */
export interface ScoreColumns {
  readonly headings: readonly string[];
  readonly cells: (means: Means) => string[];
}

/** The metrics of the paper's tables, and those that need no pretrained weights. */
const SHOWN = metricTable.filter(({ needs }) => needs !== 'features');

/** A column per guidance and metric; metrics that no model has, for lack of pretrained weights, are left out. */
export function scoreColumns(models: readonly Means[], fid: FidName): ScoreColumns {
  const columns = GUIDANCES.flatMap((guidance) =>
    SHOWN.map((metric) => {
      const valueOf = (means: Means): number | null => means[guidance].values[metricKey(metric, fid)] ?? null;
      return { heading: `${guidance} ${metric.heading}`, valueOf, cell: (means: Means) => formatScore(metric, valueOf(means)) };
    }),
  ).filter(({ valueOf }) => models.some((means) => valueOf(means) !== null));
  return { headings: columns.map(({ heading }) => heading), cells: (means) => columns.map(({ cell }) => cell(means)) };
}

/** What the columns mean, how it was measured, and why some are not there: a line each. */
export function explainScores(evaluation: EvaluationRecord): string[] {
  const { convention, options, realAccuracy } = evaluation;
  return [
    `Measured on ${options.outputs} translations of each held-out source into each other domain, by the protocol of the paper, the same for all. ` +
      `FID: to training images of the target domain (${convention}). LPIPS: between translations of one source; the larger, the more diverse. ` +
      `Domain: share of translations that a classifier, trained on real images, takes for their target; of real held-out images it recognises ${formatShare(realAccuracy)}. ` +
      'Styles: mean absolute difference between translations of one source, of values in [-1, 1].',
    ...scoreTable(evaluation).reasons.map((reason) => `Not computed: ${reason}`),
  ];
}
