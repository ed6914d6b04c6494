import { chartScript } from '../report/chart-script.js';
import { createPictureEmbedder, type PictureEmbedder } from '../report/embed-picture.js';
import { dataTable, escapeHtml, page } from '../report/page.js';
import type { Table } from '../logging/text-table.js';
import { listGrids, readPlotLibrary } from '../report/write-report.js';
import { readMetricLog } from '../logging/metric-log.js';
import { runPaths } from '../run/run-directory.js';
import type { Candidate } from './candidate.js';
import { comparedCurves } from './curves.js';

/** Grids that are shown of each run, and what they are. */
const GRIDS: Readonly<Record<string, string>> = {
  latent:
    'Latent guided: the same sources in every first row; below, per target domain, one row per latent code, the same codes throughout.',
  reference:
    'Reference guided: the same sources and references throughout. A row takes the domain and the style of the reference at its left.',
};

async function gridsOf(runs: readonly Candidate[], kind: string, embedder: PictureEmbedder): Promise<string> {
  const figures: string[] = [];
  for (const { name, title, run } of runs) {
    const last = (await listGrids(runPaths(run).samples, kind)).at(-1);
    if (last !== undefined) figures.push(await embedder.figure(last.file, `${name}: ${title}`));
  }
  return figures.length === 0 ? '' : `<p>${escapeHtml(GRIDS[kind]!)}</p><div class="strip wide">${figures.join('')}</div>`;
}

/**
 * A page about several runs: their table, their last grids side by side, their curves. It needs no other file to be read;
 * pictures beyond some twenty megabytes are linked from `file`, where the page will be.
 */
export async function comparisonPage({
  file,
  title,
  notes,
  table,
  runs,
}: {
  file: string;
  title: string;
  notes: readonly string[];
  table: Table;
  runs: readonly Candidate[];
}): Promise<string> {
  const logs = await Promise.all(runs.map(async ({ name, run }) => ({ name, log: await readMetricLog(runPaths(run).log) })));
  const charts = comparedCurves(logs.filter(({ log }) => log.length > 1));
  const embedder = createPictureEmbedder(file);
  const grids: string[] = [];
  for (const kind of Object.keys(GRIDS)) grids.push(await gridsOf(runs, kind, embedder));
  const body = `<h1>${escapeHtml(title)}</h1>
${dataTable(table.headings, table.rows)}<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>
<h2>Translations</h2>${grids.join('')}
<h2>Losses</h2>${charts.map((_, i) => `<div class="chart" id="chart-${i}"></div>`).join('')}`;
  const { script, styles } = await readPlotLibrary();
  return page({ title, body, styles, script: script + chartScript(charts) });
}
