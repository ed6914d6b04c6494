import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import type { Candidate } from '../comparison/candidate.js';
import { comparisonPage } from '../comparison/page.js';
import { explainScores, scoreColumns } from '../comparison/score-columns.js';
import { evaluationFile, type EvaluationRecord } from '../evaluation/evaluation-record.js';
import { formatDuration } from '../logging/format.js';
import { readMetricLog } from '../logging/metric-log.js';
import { formatTable, type Table } from '../logging/text-table.js';
import { runPaths } from '../run/run-directory.js';
import { updatesPerIteration } from '@stargan/training';

/** A rung with what came of it. */
export interface MeasuredRung {
  readonly candidate: Candidate;
  readonly evaluation: EvaluationRecord;
}

interface Row {
  rung: string;
  title: string;
  iterations: number;
  generatorUpdates: number;
  discriminatorUpdates: number;
  seconds: number;
  means: EvaluationRecord['means'];
  /** Relative to the ladder's folder. */
  run: string;
  evaluation: string;
}

async function rowOf(directory: string, { candidate: { name, title, config, run }, evaluation }: MeasuredRung): Promise<Row> {
  const speed = await readMetricLog(runPaths(run).speed);
  const { generator, discriminator } = updatesPerIteration(config);
  return {
    rung: name,
    title,
    iterations: config.iterations,
    generatorUpdates: config.iterations * generator,
    discriminatorUpdates: config.iterations * discriminator,
    seconds: speed.reduce((sum, entry) => sum + (entry.seconds ?? 0), 0),
    means: evaluation.means,
    run: path.relative(directory, run),
    evaluation: path.relative(directory, evaluationFile(run, evaluation.iteration, evaluation.identity)),
  };
}

function tableOf(rows: readonly Row[], { options }: EvaluationRecord): Table {
  const scores = scoreColumns(
    rows.map(({ means }) => means),
    options.fid,
  );
  return {
    headings: ['rung', '', 'updates of D', 'of G', 'time', ...scores.headings],
    rows: rows.map(({ rung, title, generatorUpdates, discriminatorUpdates, seconds, means }) => [
      rung,
      title,
      `${discriminatorUpdates}`,
      `${generatorUpdates}`,
      formatDuration(seconds),
      ...scores.cells(means),
    ]),
  };
}

/**
 * Writes `ladder.json` and `ladder.html`, a page that needs no other file.
 *
 * @returns the files, and the table as text
 */
export async function writeLadder(
  directory: string,
  rungs: readonly MeasuredRung[],
): Promise<{ json: string; html: string; text: string }> {
  const { evaluation } = rungs[0]!;
  const rows = await Promise.all(rungs.map((rung) => rowOf(directory, rung)));
  const json = path.join(directory, 'ladder.json');
  const html = path.join(directory, 'ladder.html');
  await writeWholeFile(
    json,
    `${JSON.stringify({ formatVersion: 1, convention: evaluation.convention, options: evaluation.options, rungs: rows }, null, 2)}\n`,
  );
  const table = tableOf(rows, evaluation);
  const notes = [
    'Every rung updates its discriminator as often, on as many training images, with the same data, seed and widths. A and B update the generator once for every five of those, as the first StarGAN does.',
    ...explainScores(evaluation),
  ];
  await writeWholeFile(
    html,
    await comparisonPage({
      file: html,
      title: 'Component analysis of StarGAN v2',
      notes,
      table,
      runs: rungs.map(({ candidate }) => candidate),
    }),
  );
  return { json, html, text: formatTable(table) };
}
