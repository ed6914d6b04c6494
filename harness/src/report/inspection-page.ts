import { printablePath } from '@stargan/data';
import {
  count,
  counted,
  describeBalance,
  describeDataset,
  describeRange,
  datasetFindingsOf,
  formatBytes,
  stripUrl,
  type ContactStrip,
  type DatasetFinding,
  type Inspection,
} from '@stargan/data/inspection';
import { dataTable, escapeHtml, figure, page } from './page.js';

/** Lines of a list that are visible at first; the rest is folded away. */
const SHOWN_LINES = 10;

const STYLES =
  '.cards + ul { margin-top: 16px; } details { margin: 0 0 24px; } summary { cursor: pointer; color: var(--soft); } figure img { image-rendering: auto; }';

/** The inspection as a self-contained page. */
export async function inspectionPage(inspection: Inspection, strips: readonly ContactStrip[]): Promise<string> {
  const { dataset, domains, broken, duplicates, check } = inspection;
  const total = domains.reduce((sum, { images }) => sum + images, 0);
  const title = `Data set ${printablePath(dataset.directory)}`;
  const card = (value: string, meaning: string): string => `<div class="card"><b>${value}</b><span>${escapeHtml(meaning)}</span></div>`;
  const rows = domains.map(({ split, name, images, broken: faults, width, height, bytes: size, formats }) => [
    printablePath(name),
    split,
    count(images),
    count(faults),
    describeRange(width),
    describeRange(height),
    Object.entries(formats)
      .map(([format, n]) => `${format} ${count(n)}`)
      .join(', '),
    formatBytes(size),
  ]);
  const figures = await Promise.all(
    strips.map(async (strip) =>
      figure(await stripUrl(strip), `${printablePath(strip.domain)}, ${strip.split}: ${counted(strip.images, 'image')}`),
    ),
  );
  const body = `<h1>${escapeHtml(title)}</h1>
<p>${check === 'full' ? 'Every image was decoded.' : 'The beginning and end of every file were looked at; damage in the middle, and pictures of one colour, of low range or read in part, are found with --full.'}</p>
<div class="cards">
${card(count(total), 'images')}
${card(count(domains.filter(({ split }) => split === 'train').length), 'domains')}
${card(count(broken.length), 'broken')}
${card(count(duplicates.reduce((sum, { files }) => sum + files.length, 0)), 'files with a duplicate')}
</div>
<ul class="notes">${[...describeDataset(dataset), ...describeBalance(inspection)].map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>
<h2>Domains</h2>${dataTable(['domain', 'split', 'images', 'broken', 'width', 'height', 'formats', 'size'], rows)}
${datasetFindingsOf(inspection).map(section).join('')}
<h2>Pictures</h2>${figures.join('')}`;
  return page({ title, body, styles: '', script: '' }).replace('</style>', `${STYLES}</style>`);
}

function section({ heading, lines }: DatasetFinding): string {
  const list = (items: readonly string[]): string =>
    `<ul class="notes">${items.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
  const [shown, rest] = [lines.slice(0, SHOWN_LINES), lines.slice(SHOWN_LINES)];
  const title = heading[0]!.toUpperCase() + heading.slice(1);
  return `<h2>${escapeHtml(title)}</h2>${list(shown)}${rest.length === 0 ? '' : `<details><summary>${count(rest.length)} more</summary>${list(rest)}</details>`}`;
}
