import { printablePath } from '@stargan/data';
import { count, counted, describeDataset } from './describe-dataset.js';
import type { Inspection, Range, Remark } from './inspect-dataset.js';

/** A list with a heading, of which people may want to see all. */
export interface Finding {
  /** Such as `broken: 3`. */
  readonly heading: string;
  readonly lines: readonly string[];
  /** Whether it is something to mend, rather than to know. */
  readonly isFault: boolean;
}

/** Megabytes, or kilobytes where it is less than one. */
export const bytes = (n: number): string => (n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`);

/** `64 … 512, median 256` */
export function describeRange(range: Range | undefined): string {
  if (range === undefined) return 'unknown';
  const { min, median, max } = range;
  return min === max ? `${min}` : `${min} … ${max}, median ${median}`;
}

/** Times that the largest training domain has the images of the smallest from which on it is worth a word. */
const UNEVEN = 3;

const remark = ({ file, reason }: Remark): string => `${printablePath(file)}: ${reason}`;

const ACROSS = {
  domains: 'in several domains, so with two labels',
  splits: 'in both splits, so trained on and held out',
  domain: 'repeated',
} as const;

/** Copies of one content that are named. */
const NAMED_COPIES = 6;

function describeCopies(files: readonly string[]): string {
  const named = files.slice(0, NAMED_COPIES).map(printablePath).join(' = ');
  return files.length > NAMED_COPIES ? `${named} = ${count(files.length - NAMED_COPIES)} more` : named;
}

/** What there is to mend or to know, the gravest first; lists that are empty are left out. */
export function findingsOf({ broken, duplicates, nearEmpty = [], halfRead, lowRange, passedOver }: Inspection): Finding[] {
  const groups = (['domains', 'splits', 'domain'] as const).flatMap((across) => duplicates.filter((group) => group.across === across));
  const copies = groups.reduce((sum, { files }) => sum + files.length, 0);
  const findings: Finding[] = [
    { heading: `broken: ${count(broken.length)}`, lines: broken.map(remark), isFault: true },
    {
      heading: `duplicates: ${count(copies)} files of ${counted(groups.length, 'content')}`,
      lines: groups.map(({ across, files }) => `${describeCopies(files)} (${ACROSS[across]})`),
      isFault: true,
    },
    { heading: `of one colour: ${count(nearEmpty.length)}`, lines: nearEmpty.map(printablePath), isFault: true },
    { heading: `read in part: ${count(halfRead.length)}`, lines: halfRead.map(remark), isFault: true },
    { heading: `of low range: ${count(lowRange.length)}`, lines: lowRange.map(remark), isFault: true },
    {
      heading: `passed over: ${count(passedOver.length)}`,
      lines: passedOver.map(({ file, kind }) => `${printablePath(file)} (${kind})`),
      isFault: false,
    },
  ];
  return findings.filter(({ lines }) => lines.length > 0);
}

/** Sentences about how many images the training domains have. */
export function describeBalance({ domains }: Inspection): string[] {
  const trained = domains.filter(({ split }) => split === 'train').sort((a, b) => a.images - b.images);
  const [smallest, largest] = [trained[0]!, trained.at(-1)!];
  const ratio = largest.images / smallest.images;
  if (trained.length < 2) return [];
  const line = `${printablePath(largest.name)} has ${ratio.toFixed(1)} times the images of ${printablePath(smallest.name)} (${count(largest.images)} and ${count(smallest.images)})`;
  return ratio < UNEVEN ? [] : [`${line}; each domain is drawn equally often, so the images of the smaller are seen more often`];
}

/** Domains whose sizes are listed one by one. */
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

/** Lines of a list that are printed; of broken files all are. */
const PRINTED = 20;

function printFinding({ heading, lines }: Finding): string[] {
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
  const findings = findingsOf(inspection);
  return [
    ...describeDataset(dataset),
    `formats: ${Object.entries(formats)
      .sort(([, a], [, b]) => b - a)
      .map(([format, n]) => `${format} ${count(n)}`)
      .join(', ')}; ${bytes(total)} in all`,
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
