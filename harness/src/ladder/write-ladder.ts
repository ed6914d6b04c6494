import path from 'node:path';
import type { Candidate } from '../comparison/candidate.js';
import { formatTable, percent, type Table } from '../report/text-table.js';
import { comparisonPage } from '../comparison/page.js';
import type { TranslationReport } from '../evaluation/evaluate-translations.js';
import { formatDuration } from '../logging/progress.js';
import { readMetricLog } from '../logging/metric-log.js';
import { runPaths, writeWhole } from '../training/run-directory.js';
import { updatesPerIteration } from './rungs.js';

/** A rung with what came of it. */
export interface MeasuredRung {
  readonly candidate: Candidate;
  readonly report: TranslationReport;
}

interface Row {
  rung: string;
  title: string;
  iterations: number;
  generatorUpdates: number;
  discriminatorUpdates: number;
  seconds: number;
  report: TranslationReport;
  run: string;
}

async function rowOf({ candidate: { name, title, config, run }, report }: MeasuredRung): Promise<Row> {
  const speed = await readMetricLog(runPaths(run).speed);
  const generatorUpdates = config.iterations * updatesPerIteration(config);
  return {
    rung: name,
    title,
    iterations: config.iterations,
    generatorUpdates,
    discriminatorUpdates: generatorUpdates * config.criticSteps,
    seconds: speed.reduce((sum, entry) => sum + (entry.seconds ?? 0), 0),
    report,
    run,
  };
}

function tableOf(rows: readonly Row[]): Table {
  return {
    headings: ['rung', '', 'updates of G', 'of D', 'time', 'accuracy, latent', 'reference', 'diversity, latent', 'reference'],
    rows: rows.map(({ rung, title, generatorUpdates, discriminatorUpdates, seconds, report: { latent, reference } }) => [
      rung,
      title,
      `${generatorUpdates}`,
      `${discriminatorUpdates}`,
      formatDuration(seconds),
      percent(latent.domainAccuracy),
      percent(reference.domainAccuracy),
      latent.styleDistance.toFixed(3),
      reference.styleDistance.toFixed(3),
    ]),
  };
}

const MEANING =
  'Accuracy: share of translations of held-out images that a classifier, trained on real images and the same for all rungs, takes for their target domain. ' +
  'Diversity: mean distance (absolute difference of values in [-1, 1]) between ten translations of one source into one domain, with ten latent codes or ten references. ' +
  'Every rung makes as many updates of the generator, with the same data, seed and widths.';

/**
 * Writes `ladder.json` and `ladder.html`, a page that needs no other file.
 *
 * @returns the files, and the table as text
 */
export async function writeLadder(directory: string, rungs: readonly MeasuredRung[]): Promise<{ json: string; html: string; text: string }> {
  const rows = await Promise.all(rungs.map(rowOf));
  const json = path.join(directory, 'ladder.json');
  const html = path.join(directory, 'ladder.html');
  await writeWhole(json, `${JSON.stringify({ formatVersion: 1, rungs: rows.map((row) => ({ ...row, run: path.relative(directory, row.run) })) }, null, 2)}\n`);
  const table = tableOf(rows);
  const { real } = rungs[0]!.report;
  const note = `${MEANING} Of real held-out images ${percent(real.domainAccuracy)} are recognised; images of one domain are ${real.imageDistance.toFixed(3)} apart.`;
  const title = 'Component analysis of StarGAN v2';
  await writeWhole(html, await comparisonPage({ title, note, table, runs: rungs.map(({ candidate }) => candidate) }));
  return { json, html, text: formatTable(table) };
}
