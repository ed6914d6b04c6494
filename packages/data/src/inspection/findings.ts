import { printablePath } from '../path-names.js';
import { counted, formatCount } from './counts.js';
import type { InspectedRange, Inspection, Remark } from './inspect-dataset.js';

/** A list with a heading. */
export interface DatasetFinding {
  /** Such as `broken: 3`. */
  readonly heading: string;
  /** One line per file or group of files. */
  readonly lines: readonly string[];
  /** Whether it should be fixed, rather than merely known. */
  readonly isFault: boolean;
}

/**
 * A size in megabytes, or in kilobytes below one megabyte.
 *
 * @param n bytes
 */
export const formatBytes = (n: number): string => (n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`);

/**
 * A range as text: `64 … 512, median 256`.
 *
 * @param range undefined where no values are known
 */
export function describeRange(range: InspectedRange | undefined): string {
  if (range === undefined) return 'unknown';
  const { min, median, max } = range;
  return min === max ? `${min}` : `${min} … ${max}, median ${median}`;
}

/** Ratio of the largest to the smallest training domain from which on it deserves mention. */
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
  return files.length > NAMED_COPIES ? `${named} = ${formatCount(files.length - NAMED_COPIES)} more` : named;
}

/**
 * What should be fixed or known, the most serious first; empty lists are left out.
 *
 * @param inspection as `inspectDataset` gives it
 */
export function datasetFindingsOf({
  broken,
  duplicates,
  duplicatesBy,
  nearEmpty = [],
  halfRead,
  lowRange,
  passedOver,
}: Inspection): DatasetFinding[] {
  const groups = (['domains', 'splits', 'domain'] as const).flatMap((across) => duplicates.filter((group) => group.across === across));
  const copies = groups.reduce((sum, { files }) => sum + files.length, 0);
  const findings: DatasetFinding[] = [
    { heading: `broken: ${formatCount(broken.length)}`, lines: broken.map(remark), isFault: true },
    {
      heading: `duplicates: ${formatCount(copies)} files of ${counted(groups.length, 'content')}, the same in all ${duplicatesBy}`,
      lines: groups.map(({ across, files }) => `${describeCopies(files)} (${ACROSS[across]})`),
      isFault: true,
    },
    { heading: `of one colour: ${formatCount(nearEmpty.length)}`, lines: nearEmpty.map(printablePath), isFault: true },
    { heading: `read in part: ${formatCount(halfRead.length)}`, lines: halfRead.map(remark), isFault: true },
    { heading: `of low range: ${formatCount(lowRange.length)}`, lines: lowRange.map(remark), isFault: true },
    {
      heading: `passed over: ${formatCount(passedOver.length)}`,
      lines: passedOver.map(({ file, kind }) => `${printablePath(file)} (${kind})`),
      isFault: false,
    },
  ];
  return findings.filter(({ lines }) => lines.length > 0);
}

/**
 * Says when training domains are of very different sizes.
 *
 * @param inspection as `inspectDataset` gives it
 * @returns no sentence when they are not
 */
export function describeBalance({ domains }: Inspection): string[] {
  const trained = domains.filter(({ split }) => split === 'train').sort((a, b) => a.images - b.images);
  const [smallest, largest] = [trained[0]!, trained.at(-1)!];
  const ratio = largest.images / smallest.images;
  if (trained.length < 2) return [];
  const line = `${printablePath(largest.name)} has ${ratio.toFixed(1)} times the images of ${printablePath(smallest.name)} (${formatCount(largest.images)} and ${formatCount(smallest.images)})`;
  return ratio < UNEVEN ? [] : [`${line}; each domain is drawn equally often, so the images of the smaller are seen more often`];
}
