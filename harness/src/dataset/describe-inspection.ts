import { printablePath } from '@stargan/data';
import {
  count,
  describeBalance,
  describeDataset,
  describeRange,
  datasetFindingsOf,
  formatBytes,
  type DatasetFinding,
  type Inspection,
} from '@stargan/data/inspection';

/** Up to this many domains have their sizes listed one by one. */
const LISTED_SIZES = 8;

function describeSizes({ domains, width, height }: Inspection): string[] {
  const size = (range: Pick<Inspection, 'width' | 'height'>): string =>
    `width ${describeRange(range.width)}; height ${describeRange(range.height)}`;
  const all = `sizes: ${size({ width, height })}`;
  if (domains.length > LISTED_SIZES || domains.every((domain) => size(domain) === size(domains[0]!))) return [all];
  return [
    all,
    ...domains.map((domain) => `  ${domain.split === 'train' ? '' : 'validation '}${printablePath(domain.name)}: ${size(domain)}`),
  ];
}

/** Lines of a list that are printed; broken files are printed in full. */
const PRINTED = 20;

function printFinding({ heading, lines }: DatasetFinding): string[] {
  const printed = heading.startsWith('broken') ? lines : lines.slice(0, PRINTED);
  const rest = lines.length - printed.length;
  return [
    '',
    heading,
    ...printed.map((line) => `  ${line}`),
    ...(rest === 0 ? [] : [`  and ${count(rest)} more, listed by --out and --json`]),
  ];
}

/** The inspection as text for a terminal. */
export function describeInspection(inspection: Inspection): string {
  const { dataset, domains, check } = inspection;
  const formats: Record<string, number> = {};
  for (const domain of domains) for (const [format, n] of Object.entries(domain.formats)) formats[format] = (formats[format] ?? 0) + n;
  const total = domains.reduce((sum, domain) => sum + domain.bytes, 0);
  const findings = datasetFindingsOf(inspection);
  return [
    ...describeDataset(dataset),
    `formats: ${Object.entries(formats)
      .sort(([, a], [, b]) => b - a)
      .map(([format, n]) => `${format} ${count(n)}`)
      .join(', ')}; ${formatBytes(total)} in all`,
    ...describeSizes(inspection),
    ...describeBalance(inspection),
    ...findings.flatMap(printFinding),
    ...(findings.some(({ isFault }) => isFault) ? [] : ['', 'nothing to mend was found']),
    ...(check === 'full'
      ? []
      : [
          'damage in the middle of files, and pictures of one colour, of low range or read in part, were not looked for; --full decodes every image',
        ]),
  ].join('\n');
}
