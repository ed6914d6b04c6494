import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import type { Candidate } from '../comparison/candidate.js';
import { comparisonPage } from '../comparison/page.js';
import { explainScores, scoreColumns, type Means } from '../comparison/score-columns.js';
import type { EvaluationRecord } from '../evaluation/evaluation-record.js';
import { meanScores } from '../evaluation/metrics.js';
import type { Guidance } from '../evaluation/tasks.js';
import { formatTable, type Table } from '../logging/text-table.js';

/** What two models make of the translations between two domains. */
export interface Comparison {
  readonly domains: readonly [string, string];
  /** The model trained for these two alone. */
  readonly pair: EvaluationRecord;
  /** The model of all domains. */
  readonly all: EvaluationRecord;
}

/** The two kinds of models. */
const KINDS = { pair: 'two domains', all: 'all domains' } as const;

type Kind = keyof typeof KINDS;

/** The mean over the pairs, for each kind of model. */
function overPairs(comparisons: readonly Comparison[]): Record<Kind, Means> {
  const mean = (kind: Kind, guidance: Guidance): Means[Guidance] =>
    meanScores(comparisons.map((comparison) => ({ name: comparison.domains.join(' ↔ '), scores: comparison[kind].means[guidance] })));
  const means = (kind: Kind): Means => ({ latent: mean(kind, 'latent'), reference: mean(kind, 'reference') });
  return { pair: means('pair'), all: means('all') };
}

function tableOf(comparisons: readonly Comparison[], mean: Record<Kind, Means>): Table {
  const lines = [
    ...comparisons.map(({ domains, pair, all }) => ({ name: domains.join(' ↔ '), pair: pair.means, all: all.means })),
    { name: 'mean', ...mean },
  ];
  const scores = scoreColumns(
    lines.flatMap(({ pair, all }) => [pair, all]),
    comparisons[0]!.pair.options.fid,
  );
  const kinds = Object.entries(KINDS) as [Kind, string][];
  return {
    headings: ['domains', 'model of', ...scores.headings],
    rows: lines.flatMap((line) => kinds.map(([kind, title]) => [line.name, title, ...scores.cells(line[kind])])),
  };
}

/**
 * Writes `pairs.json` and `pairs.html`, a page that needs no other file.
 *
 * @param models that of all domains, then those of pairs
 * @returns the files, and the table as text
 */
export async function writePairs(
  directory: string,
  comparisons: readonly Comparison[],
  models: readonly Candidate[],
): Promise<{ json: string; html: string; text: string }> {
  const mean = overPairs(comparisons);
  const table = tableOf(comparisons, mean);
  const [json, html] = [path.join(directory, 'pairs.json'), path.join(directory, 'pairs.html')];
  const iterations = { all: models[0]!.config.iterations, pair: models[1]!.config.iterations };
  const { convention, options } = comparisons[0]!.pair;
  const pairs = comparisons.map(({ domains, pair, all }) => ({ domains, pair: pair.means, all: all.means }));
  await writeWholeFile(json, `${JSON.stringify({ formatVersion: 1, iterations, convention, options, pairs, mean }, null, 2)}\n`);
  const notes = [
    `The model of all domains was trained for ${iterations.all} iterations, each of two domains for ${iterations.pair}: together as many. Both are asked for the same translations, and judged by the same classifier of the two domains.`,
    ...explainScores(comparisons[0]!.pair),
  ];
  await writeWholeFile(
    html,
    await comparisonPage({ file: html, title: 'A model for every pair of domains, and one for all', notes, table, runs: models }),
  );
  return { json, html, text: formatTable(table) };
}
