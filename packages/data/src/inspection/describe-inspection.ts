import { printablePath } from '../path-names.js';
import { formatCount } from './counts.js';
import { describeDataset } from './describe-dataset.js';
import { datasetFindingsOf, describeBalance, describeRange, formatBytes, type DatasetFinding } from './findings.js';
import type { Inspection } from './inspect-dataset.js';

/** How {@link describeInspection} names what the program that calls it offers. */
export interface InspectionWords {
  /** What looks at every image in full. Default `full: true`. */
  readonly full?: string;
  /** Where all lines of a long list are. Default `the inspection`. */
  readonly listedBy?: string;
}

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

function printFinding({ heading, lines }: DatasetFinding, listedBy: string): string[] {
  const printed = heading.startsWith('broken') ? lines : lines.slice(0, PRINTED);
  const rest = lines.length - printed.length;
  return [
    '',
    heading,
    ...printed.map((line) => `  ${line}`),
    ...(rest === 0 ? [] : [`  and ${formatCount(rest)} more, listed by ${listedBy}`]),
  ];
}

/**
 * An inspection as text for a terminal.
 *
 * @param inspection of `inspectDataset`
 * @param words what the program calls its options
 */
export function describeInspection(
  inspection: Inspection,
  { full = 'full: true', listedBy = 'the inspection' }: InspectionWords = {},
): string {
  const { dataset, domains, check } = inspection;
  const formats: Record<string, number> = {};
  for (const domain of domains) for (const [format, n] of Object.entries(domain.formats)) formats[format] = (formats[format] ?? 0) + n;
  const total = domains.reduce((sum, domain) => sum + domain.bytes, 0);
  const findings = datasetFindingsOf(inspection);
  return [
    ...describeDataset(dataset),
    `formats: ${Object.entries(formats)
      .sort(([, a], [, b]) => b - a)
      .map(([format, n]) => `${format} ${formatCount(n)}`)
      .join(', ')}; ${formatBytes(total)} in all`,
    ...describeSizes(inspection),
    ...describeBalance(inspection),
    ...findings.flatMap((finding) => printFinding(finding, listedBy)),
    ...(findings.some(({ isFault }) => isFault) ? [] : ['', 'nothing to mend was found']),
    ...(check === 'full'
      ? []
      : [
          `damage in the middle of files, and pictures of one colour, of low range or read in part, were not looked for; ${full} decodes every image`,
        ]),
  ].join('\n');
}
