import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { PictureRow, ReportDocument, ReportSection } from './document.js';
import { escapeHtml, scriptJson } from './html.js';
import { STYLE } from './style.js';

/** How a page is used. */
export interface PageOptions {
  /** Whether the page asks the server that it came from for changes; see {@link serveReport}. False by default. */
  readonly live?: boolean;
}

/**
 * A report as one HTML page that needs no other file and asks for nothing, unless it is live.
 *
 * ```js
 * const html = await reportPage({ title: 'A training', sections: [{ id: 'text', html: '<p>nothing yet</p>' }] });
 * ```
 *
 * @param document what the page shows
 * @param options whether it is live
 */
export async function reportPage(document: ReportDocument, { live = false }: PageOptions = {}): Promise<string> {
  const { title, sections } = document;
  const isDrawn = live || sections.some(({ charts, rows }) => (charts ?? rows ?? []).length > 0);
  const { script, styles } = isDrawn ? await readScripts() : { script: '', styles: '' };
  const data = scriptJson({ live, sections: sections.map(dataOf) });
  const status = live ? '<p class="live" id="live" role="status">connecting</p>' : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${styles}${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>${status}<main>${sections.map(sectionHtml).join('\n')}</main>
${isDrawn ? `<script type="application/json" id="report-data">${data}</script>\n<script>${script}</script>` : ''}</body></html>
`;
}

/** What the script needs to know of a section. The last picture of each row is in the page already. */
function dataOf({ id, charts = [], rows = [] }: ReportSection): object {
  const last = ({ pictures }: PictureRow): PictureRow['pictures'][number] => pictures.at(-1)!;
  return {
    id,
    charts,
    rows: rows.map((row) => ({ ...row, pictures: [...row.pictures.slice(0, -1), { iteration: last(row).iteration }] })),
  };
}

function sectionHtml({ id, heading, html = '', rows = [], charts = [] }: ReportSection): string {
  const isEmpty = html === '' && rows.length === 0 && charts.length === 0;
  const figures = rows.map(
    ({ kind, caption, width, height, pictures }) =>
      `<figure data-kind="${escapeHtml(kind)}"><img src="${escapeHtml(pictures.at(-1)!.source)}" width="${width}" height="${height}" alt="${escapeHtml(kind)}"><figcaption>${caption}</figcaption></figure>`,
  );
  return `<section id="${escapeHtml(id)}"${isEmpty ? ' hidden' : ''}>${heading === undefined ? '' : `<h2>${escapeHtml(heading)}</h2>`}<div class="text">${html}</div><div class="rows">${figures.join('')}</div><div class="charts"></div></section>`;
}

/** The library that draws charts, its styles, and the page's own script. */
async function readScripts(): Promise<{ script: string; styles: string }> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const [library, styles, own] = await Promise.all([
    readFile(path.join(folder, 'dist', 'uPlot.iife.min.js'), 'utf8'),
    readFile(path.join(folder, 'dist', 'uPlot.min.css'), 'utf8'),
    readFile(new URL('./client/page.js', import.meta.url), 'utf8'),
  ]);
  // The compiler ends the file with an empty export, which is no part of a script in a page.
  const script = own.replace(/^export \{\};?$/m, '').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return { script: `${library}\n(() => {\n${script}\n})();`, styles };
}
