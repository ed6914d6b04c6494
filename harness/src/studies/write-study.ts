import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { formatTable, type Table } from '@stargan/command-line';
import { createPictureEmbedder, dataTable, escapeHtml, noteList, type PictureEmbedder, reportPage } from '@stargan/report';
import { listGrids } from '../report/sample-grids.js';
import { readMetricLog, runPaths } from '@stargan/run';
import { comparedCurves } from './compared-curves.js';
import type { StudyModel, StudyResult } from './train-models.js';

/** Grids that are shown of each run, and what they are. */
const GRIDS: Readonly<Record<string, string>> = {
  latent:
    'Latent guided: the same sources in every first row; below, per target domain, one row per latent code, the same codes throughout.',
  reference:
    'Reference guided: the same sources and references throughout. A row takes the domain and the style of the reference at its left.',
};

async function gridsOf(runs: readonly StudyModel[], kind: string, embedder: PictureEmbedder): Promise<string> {
  const figures: string[] = [];
  for (const { name, title, run } of runs) {
    const last = (await listGrids(runPaths(run).samples, kind)).at(-1);
    if (last !== undefined) figures.push(await embedder.figure(last.file, `${name}: ${title}`));
  }
  return figures.length === 0 ? '' : `<p>${escapeHtml(GRIDS[kind]!)}</p><div class="strip">${figures.join('')}</div>`;
}

/** What a study came to. */
export interface Study {
  /** Name of its files, without an ending. */
  readonly name: string;
  readonly title: string;
  /** What is kept as JSON. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly table: Table;
  /** What readers of the table need to know: a line each. */
  readonly notes: readonly string[];
  readonly models: readonly StudyModel[];
}

/**
 * Writes a study as JSON and as a page that needs no other file.
 *
 * @returns the files, and the table as text
 */
export async function writeStudy(directory: string, study: Study): Promise<StudyResult & { completed: true }> {
  const [json, html] = ['json', 'html'].map((ending) => path.join(directory, `${study.name}.${ending}`)) as [string, string];
  await writeWholeFile(json, `${JSON.stringify({ formatVersion: 1, ...study.content }, null, 2)}\n`);
  await writeWholeFile(html, await studyPage(html, study));
  return { completed: true, json, html, text: formatTable(study.table) };
}

/**
 * A page about several models: their table, their last grids side by side, their curves. Pictures beyond some twenty
 * megabytes are linked from `file`, where the page will be.
 */
async function studyPage(file: string, { title, table, notes, models }: Study): Promise<string> {
  const logs = await Promise.all(models.map(async ({ name, run }) => ({ name, log: await readMetricLog(runPaths(run).log) })));
  const charts = comparedCurves(logs.filter(({ log }) => log.length > 1));
  const embedder = createPictureEmbedder(file);
  const grids: string[] = [];
  for (const kind of Object.keys(GRIDS)) grids.push(await gridsOf(models, kind, embedder));
  return reportPage({
    title,
    sections: [
      { id: 'table', html: dataTable(table.headings, table.rows) + noteList(notes) },
      { id: 'translations', heading: 'Translations', html: grids.join('') },
      { id: 'losses', heading: 'Losses', charts },
    ],
  });
}
