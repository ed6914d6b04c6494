import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { writeWholeFile } from '@stargan/checkpoints';
import { printablePath } from '@stargan/data';
import { describeDataset } from '@stargan/data/inspection';
import { metricTable, type Metric } from '@stargan/metrics';
import { findBest } from '../evaluation/best-checkpoint.js';
import { listEvaluations } from '../evaluation/evaluation-record.js';
import { scoreTable } from '../evaluation/results-table.js';
import { formatDuration, percent } from '../logging/format.js';
import { readMetricLog } from '../logging/metric-log.js';
import { readRunRecord, runPaths, type RunRecord } from '../run/run-directory.js';
import { chartScript } from './chart-script.js';
import { lossCharts, metricCharts, speedChart, type Chart } from './curves.js';
import { createPictureEmbedder, type PictureEmbedder } from './embed-picture.js';
import { dataTable, definitionTable, escapeHtml, page } from './page.js';

const CAPTIONS: Readonly<Record<string, string>> = {
  latent:
    'Latent guided. First row: sources, held out from training. Below, per target domain, one row per latent code: every column keeps its source’s place, every row shows one style.',
  reference:
    'Reference guided. First row: sources; first column: references. Each picture has the content of its column and the domain and style of its row.',
  cycle: 'Cycle. Rows: source, reference, source translated to the reference’s domain and style, and translated back with its own style.',
};

const VIDEO_CAPTIONS: Readonly<Record<string, string>> = {
  'latent-video': 'Sources, and below their translations, which change from one random style to the next.',
  'reference-video': 'Sources, and below their translations, which take on the styles of the references at the left.',
};

/** Earlier grids that the report shows at most. */
const SHOWN_STAGES = 6;

/** Sample grids, or videos, of a run by kind, oldest first. */
export async function listGrids(directory: string, kind: string, ending = 'png'): Promise<{ iteration: number; file: string }[]> {
  const names = await readdir(directory).catch(() => [] as string[]);
  return names
    .flatMap((name) => {
      const match = new RegExp(`^(\\d+)-${kind}\\.${ending}$`).exec(name);
      return match === null ? [] : [{ iteration: Number(match[1]), file: path.join(directory, name) }];
    })
    .sort((a, b) => a.iteration - b.iteration);
}

async function pictures(directory: string, embedder: PictureEmbedder): Promise<string> {
  const figures: string[] = [];
  for (const [kind, caption] of Object.entries(CAPTIONS)) {
    const last = (await listGrids(directory, kind)).at(-1);
    if (last !== undefined) figures.push(await embedder.figure(last.file, `${caption} Iteration ${last.iteration}.`));
  }
  return figures.length === 0 ? '<p>No sample grids yet.</p>' : figures.join('');
}

/** The newest videos that `stargan video` left. */
async function videos(directory: string, embedder: PictureEmbedder): Promise<string> {
  const figures: string[] = [];
  for (const [kind, caption] of Object.entries(VIDEO_CAPTIONS)) {
    const last = (await listGrids(directory, kind, 'webp')).at(-1);
    if (last !== undefined) figures.push(await embedder.figure(last.file, `${caption} Iteration ${last.iteration}.`));
  }
  return figures.length === 0 ? '' : `<h2>From style to style</h2>${figures.join('')}`;
}

async function stages(directory: string, embedder: PictureEmbedder): Promise<string> {
  const grids = await listGrids(directory, 'reference');
  const shown = Math.min(SHOWN_STAGES, grids.length);
  const chosen = Array.from({ length: shown }, (_, i) => grids[Math.round((i * (grids.length - 1)) / Math.max(1, shown - 1))]!);
  if (chosen.length < 2) return '';
  const figures: string[] = [];
  for (const { iteration, file } of chosen) figures.push(await embedder.figure(file, `iteration ${iteration}`));
  return `<h2>How it came about</h2><div class="strip">${figures.join('')}</div>`;
}

const guided = z.object({ domainAccuracy: z.number(), styleDistance: z.number() });
const heldOutNumbers = z.object({
  latent: guided,
  reference: guided,
  real: z.object({ domainAccuracy: z.number(), imageDistance: z.number() }),
  translations: z.number(),
});

/** Numbers of `metrics.json`. A damaged one is named, and the rest of the report is there. */
async function numbers(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return '';
  try {
    return numberCards(heldOutNumbers.parse(JSON.parse(text)));
  } catch {
    const fault = `${file} is damaged and left out; remove it, and stargan demo measures anew`;
    console.error(`warning: ${fault}`);
    return `<p>${escapeHtml(fault)}</p>`;
  }
}

function numberCards({ latent, reference, real, translations }: z.infer<typeof heldOutNumbers>): string {
  const card = (value: string, meaning: string): string => `<div class="card"><b>${value}</b><span>${escapeHtml(meaning)}</span></div>`;
  return `<h2>On held-out images</h2><div class="cards">
${card(percent(latent.domainAccuracy), 'of latent-guided translations are taken for the target domain')}
${card(percent(reference.domainAccuracy), 'of reference-guided translations are taken for the target domain')}
${card(percent(real.domainAccuracy), 'of real images are recognised by the same classifier')}
${card(latent.styleDistance.toFixed(3), 'mean distance between ten latent styles of one source')}
${card(reference.styleDistance.toFixed(3), 'mean distance between ten reference styles of one source')}
${card(real.imageDistance.toFixed(3), 'mean distance between real images of one domain')}
</div><p>${translations} translations per kind of guidance. Distances are mean absolute differences of values in [-1, 1]. The classifier was trained on the real training images.</p>`;
}

function settings({ config, domains, dataset }: RunRecord): string {
  const images =
    dataset === undefined
      ? []
      : describeDataset(dataset).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  return definitionTable([
    ['domains', domains.map(printablePath).join(', ')],
    ...images,
    ...Object.entries(config).map(([key, value]) => [key, `${value}`] as const),
  ]);
}

/** Script and styles of the library that draws charts. */
export async function readPlotLibrary(): Promise<{ script: string; styles: string }> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const read = (file: string): Promise<string> => readFile(path.join(folder, 'dist', file), 'utf8');
  return { script: await read('uPlot.iife.min.js'), styles: await read('uPlot.min.css') };
}

const chartPlace = (index: number): string => `<div class="chart" id="chart-${index}"></div>`;

/** The newest evaluation as a table, and curves of all. */
async function evaluations(run: string, charts: readonly string[], table: readonly Metric[]): Promise<string> {
  const last = (await listEvaluations(run)).at(-1);
  const best = await findBest(run);
  if (last === undefined) return '';
  const { headings, rows, reasons } = scoreTable(last, table);
  const { iteration, convention, options, data, realAccuracy, notes } = last;
  const images = data.domains.map(({ name, sources, reals }) => `${name}: ${sources} sources, ${reals} real`).join('; ');
  const remarks = [...reasons, ...notes];
  return `<h2>Evaluation</h2>
<p>Iteration ${iteration}, ${escapeHtml(convention)}, ${options.outputs} translations of each source (${escapeHtml(images)}). Scores of other numbers of images do not compare. The domain classifier recognises ${percent(realAccuracy)} of real held-out images.${best === undefined ? '' : ` Best checkpoint: iteration ${best.iteration}, ${escapeHtml(best.metric)} ${best.value.toPrecision(4)}.`}</p>
${dataTable(headings, rows)}
${remarks.length === 0 ? '' : `<ul class="notes">${remarks.map((remark) => `<li>${escapeHtml(remark)}</li>`).join('')}</ul>`}
${charts.length === 0 ? '' : `<div class="charts">${charts.join('')}</div>`}`;
}

/**
 * Writes `report.html` of a run, a page that needs no other file to be read; gives its path. Large pictures are reduced,
 * with links to their files, so that the page stays below some twenty megabytes.
 *
 * @param run folder of the run
 * @param table metrics that are shown
 * @throws UsageError when there is no run
 */
export async function writeReport(run: string, table: readonly Metric[] = metricTable): Promise<string> {
  const record = await readRunRecord(run);
  const paths = runPaths(run);
  const log = await readMetricLog(paths.log);
  const speed = await readMetricLog(paths.speed);
  const losses: Chart[] = log.length < 2 ? [] : lossCharts(log);
  // Logs of earlier versions lack the number of iterations.
  const counted = speed.filter((entry) => entry.iterations !== undefined);
  const others = [...losses, ...(counted.length < 2 ? [] : [speedChart(counted)])];
  const metrics = metricCharts(await readMetricLog(paths.evaluationLog), table).filter(({ data }) => data[0]!.length > 1);
  const charts = [...others, ...metrics];
  const total = (key: string): number => speed.reduce((sum, entry) => sum + (entry[key] ?? 0), 0);
  const seconds = total('seconds');
  const waiting = seconds > 0 ? ` (${percent(total('dataWaitSeconds') / seconds)} of it waiting for images)` : '';
  const iterations = log.at(-1)?.iteration ?? 0;
  const embedder = createPictureEmbedder(paths.report);
  const body = `<h1>StarGAN v2: ${escapeHtml(record.domains.join(' · '))}</h1>
<p>${iterations} iterations at ${record.config.imageSize}×${record.config.imageSize}, batch ${record.config.batch}, ${formatDuration(seconds)} of training${waiting}. Pictures are made with the moving averages of the weights.</p>
${await numbers(paths.metrics)}
<h2>Translations</h2>${await pictures(paths.samples, embedder)}
${await videos(paths.samples, embedder)}
${await stages(paths.samples, embedder)}
${await evaluations(
  run,
  metrics.map((_, i) => chartPlace(others.length + i)),
  table,
)}
<h2>Losses</h2>${losses.map((_, i) => chartPlace(i)).join('') || '<p>No log yet.</p>'}
${others.length > losses.length ? `<h2>Speed</h2>${chartPlace(losses.length)}` : ''}
<h2>Settings</h2>${settings(record)}`;
  const { script, styles } = await readPlotLibrary();
  await writeWholeFile(
    paths.report,
    page({ title: `StarGAN v2: ${record.domains.join(', ')}`, body, styles, script: script + chartScript(charts) }),
  );
  return paths.report;
}
