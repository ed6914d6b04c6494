import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { printablePath } from '@stargan/data';
import { describeDataset } from '@stargan/data/inspection';
import type { Metric } from '@stargan/metrics';
import {
  cards,
  dataTable,
  definitionTable,
  escapeHtml,
  findWarnings,
  noteList,
  warningList,
  type PictureFile,
  type PictureRow,
  type ReportDocument,
} from '@stargan/report';
import {
  findBest,
  listEvaluations,
  readMetricLog,
  type LogEntry,
  readRunRecord,
  runPaths,
  type RunRecord,
  readRunStatus,
  type RunStatus,
  scoreTable,
  lossCharts,
  metricCharts,
  optimizationCharts,
  speedCharts,
} from '@stargan/run';
import { formatDuration, percent } from '@stargan/command-line';
import { GRID_CAPTIONS, listGrids, VIDEO_CAPTIONS } from './sample-grids.js';

/** Puts picture files into a report: whole, or as addresses. */
export interface PictureMaker {
  /** Pictures through time; undefined where there are none. */
  row(kind: string, caption: string, files: readonly PictureFile[]): Promise<PictureRow | undefined>;
  /** One picture with its caption, as HTML. */
  figure(file: string, caption: string): Promise<string>;
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
  return `${cards([
    [percent(latent.domainAccuracy), 'of latent-guided translations are taken for the target domain'],
    [percent(reference.domainAccuracy), 'of reference-guided translations are taken for the target domain'],
    [percent(real.domainAccuracy), 'of real images are recognised by the same classifier'],
    [latent.styleDistance.toFixed(3), 'mean distance between ten latent styles of one source'],
    [reference.styleDistance.toFixed(3), 'mean distance between ten reference styles of one source'],
    [real.imageDistance.toFixed(3), 'mean distance between real images of one domain'],
  ])}<p>${translations} translations per kind of guidance. Distances are mean absolute differences of values in [-1, 1]. The classifier was trained on the real training images.</p>`;
}

function settings({ config, domains, dataset, from }: RunRecord): string {
  const images =
    dataset === undefined
      ? []
      : describeDataset(dataset).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  return definitionTable([
    ['domains', domains.map(printablePath).join(', ')],
    ...images,
    ...(from === undefined ? [] : [['weights from', `${from.run}, iteration ${from.iteration} (${from.weights})`] as const]),
    ...Object.entries(config).map(([key, value]) => [key, `${value}`] as const),
  ]);
}

/** The newest evaluation as a table. */
async function evaluation(run: string, table: readonly Metric[]): Promise<string> {
  const last = (await listEvaluations(run)).at(-1);
  if (last === undefined) return '';
  const best = await findBest(run);
  const { headings, rows, reasons } = scoreTable(last, table);
  const { iteration, convention, options, data, realAccuracy, notes } = last;
  const images = data.domains.map(({ name, sources, reals }) => `${name}: ${sources} sources, ${reals} real`).join('; ');
  return `<p>Iteration ${iteration}, ${escapeHtml(convention)}, ${options.outputs} translations of each source (${escapeHtml(images)}). Scores of other numbers of images do not compare. The domain classifier recognises ${percent(realAccuracy)} of real held-out images.${best === undefined ? '' : ` Best checkpoint: iteration ${best.iteration}, ${escapeHtml(best.metric)} ${best.value.toPrecision(4)}.`}</p>
${dataTable(headings, rows)}${noteList([...reasons, ...notes])}`;
}

/** Where the training stands, in two sentences. */
function summary({ config }: RunRecord, { state, iteration, reason }: RunStatus, speed: readonly LogEntry[]): string {
  const total = (key: string): number => speed.reduce((sum, entry) => sum + (entry[key] ?? 0), 0);
  const seconds = total('seconds');
  const waiting = seconds > 0 ? ` (${percent(total('dataWaitSeconds') / seconds)} of it waiting for images)` : '';
  const last = speed.slice(-10);
  const perIteration = last.reduce((sum, entry) => sum + entry.seconds!, 0) / last.reduce((sum, entry) => sum + entry.iterations!, 0);
  const left =
    state === 'running' && perIteration > 0 ? `, about ${formatDuration((config.iterations - iteration) * perIteration)} left` : '';
  const why = reason === undefined ? '' : ` <b>${escapeHtml(reason)}</b>`;
  return `<p>${state === 'finished' ? 'Finished' : `${state[0]!.toUpperCase()}${state.slice(1)}`} after ${iteration} of ${config.iterations} iterations at ${config.imageSize}×${config.imageSize}, batch ${config.batch}: ${formatDuration(seconds)} of training${waiting}${left}.${why}</p>`.replace(
    'Running after',
    'Running, after',
  );
}

/**
 * What the report of a run shows.
 *
 * @param run folder of the run
 * @param pictures puts pictures into it
 * @param table metrics that are shown
 * @throws UsageError when there is no run
 */
export async function runReport(run: string, pictures: PictureMaker, table: readonly Metric[]): Promise<ReportDocument> {
  const record = await readRunRecord(run);
  const paths = runPaths(run);
  const [log, speed, scores, status] = await Promise.all([
    readMetricLog(paths.log),
    readMetricLog(paths.speed),
    readMetricLog(paths.evaluationLog),
    readRunStatus(run, record),
  ]);
  // Logs of earlier versions lack the number of iterations.
  const timed = speed.filter((entry) => entry.iterations !== undefined && entry.seconds !== undefined);
  const rows: PictureRow[] = [];
  for (const [kind, caption] of Object.entries(GRID_CAPTIONS)) {
    const row = await pictures.row(kind, caption, await listGrids(paths.samples, kind));
    if (row !== undefined) rows.push(row);
  }
  const videos: string[] = [];
  for (const [kind, caption] of Object.entries(VIDEO_CAPTIONS)) {
    const last = (await listGrids(paths.samples, kind, 'webp')).at(-1);
    if (last !== undefined) videos.push(await pictures.figure(last.file, `${caption} Iteration ${last.iteration}.`));
  }
  const losses = lossCharts(log);
  const warnings = findWarnings({ losses: log, speed: timed, settings: record.config, events: status.events });
  return {
    title: `StarGAN v2: ${record.domains.map(printablePath).join(' · ')}`,
    sections: [
      { id: 'summary', html: summary(record, status, timed) },
      { id: 'warnings', heading: 'Signs of trouble', html: log.length === 0 ? '' : warningList(warnings) },
      { id: 'numbers', heading: 'On held-out images', html: await numbers(paths.metrics) },
      {
        id: 'translations',
        heading: 'Translations',
        html: rows.length === 0 ? '<p>No sample grids yet.</p>' : '<p>Made with the moving averages of the weights.</p>',
        rows,
      },
      { id: 'videos', heading: 'From style to style', html: videos.join('') },
      {
        id: 'evaluation',
        heading: 'Evaluation',
        html: await evaluation(run, table),
        charts: metricCharts(scores, table).filter(({ data }) => data[0]!.length > 1),
      },
      { id: 'losses', heading: 'Losses', html: losses.length === 0 ? '<p>No log yet.</p>' : '', charts: losses },
      { id: 'optimization', heading: 'Gradients, weights and schedules', charts: optimizationCharts(log) },
      { id: 'speed', heading: 'Time and memory', charts: speedCharts(timed) },
      { id: 'settings', heading: 'Settings', html: settings(record) },
    ],
  };
}
