import { printablePath } from '@stargan/data';
import {
  formatCount,
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
import { cards, dataTable, figure, noteList, reportPage, type ReportSection } from '@stargan/report';

/** Lines of a list that are visible at first; the rest is folded away. */
const SHOWN_LINES = 10;

/** The inspection as a self-contained page. */
export async function inspectionPage(inspection: Inspection, strips: readonly ContactStrip[]): Promise<string> {
  const { dataset, domains, broken, duplicates, check } = inspection;
  const total = domains.reduce((sum, { images }) => sum + images, 0);
  const title = `Data set ${printablePath(dataset.directory)}`;
  const rows = domains.map(({ split, name, images, broken: faults, width, height, bytes: size, formats }) => [
    printablePath(name),
    split,
    formatCount(images),
    formatCount(faults),
    describeRange(width),
    describeRange(height),
    Object.entries(formats)
      .map(([format, n]) => `${format} ${formatCount(n)}`)
      .join(', '),
    formatBytes(size),
  ]);
  const figures = await Promise.all(
    strips.map(async (strip) =>
      figure(await stripUrl(strip), `${printablePath(strip.domain)}, ${strip.split}: ${counted(strip.images, 'image')}`),
    ),
  );
  const summary = `<p>${check === 'full' ? 'Every image was decoded.' : 'The beginning and end of every file were looked at; damage in the middle, and pictures of one colour, of low range or read in part, are found with --full.'}</p>
${cards([
  [formatCount(total), 'images'],
  [formatCount(domains.filter(({ split }) => split === 'train').length), 'domains'],
  [formatCount(broken.length), 'broken'],
  [formatCount(duplicates.reduce((sum, { files }) => sum + files.length, 0)), 'files with a duplicate'],
])}${noteList([...describeDataset(dataset), ...describeBalance(inspection)])}`;
  return reportPage({
    title,
    sections: [
      { id: 'summary', html: summary },
      {
        id: 'domains',
        heading: 'Domains',
        html: dataTable(['domain', 'split', 'images', 'broken', 'width', 'height', 'formats', 'size'], rows),
      },
      ...datasetFindingsOf(inspection).map(findingSection),
      { id: 'pictures', heading: 'Pictures', html: `<div class="photos">${figures.join('')}</div>` },
    ],
  });
}

/** A finding; of a long list the rest is folded away. */
function findingSection({ heading, lines }: DatasetFinding, index: number): ReportSection {
  const [shown, rest] = [lines.slice(0, SHOWN_LINES), lines.slice(SHOWN_LINES)];
  const folded = rest.length === 0 ? '' : `<details><summary>${formatCount(rest.length)} more</summary>${noteList(rest)}</details>`;
  return { id: `finding-${index}`, heading: heading[0]!.toUpperCase() + heading.slice(1), html: noteList(shown) + folded };
}
