import { basename } from 'node:path';
import {
  countPassedOver,
  printablePath,
  reportDataset,
  type Dataset,
  type DatasetReport,
  type FoundImages,
  type PassedOverCount,
  type PassedOverKind,
  type SplitReport,
} from '@stargan/data';

/** A whole number with its thousands apart. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** A number of things. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** What things of each kind are called, one and several. */
const LABELS: Readonly<Record<PassedOverKind, readonly [one: string, several: string]>> = {
  other: ['other file', 'other files'],
  stray: ['image outside the domains', 'images outside the domains'],
  system: ['of the system', 'of the system'],
  hidden: ['hidden', 'hidden'],
  special: ['that is no file', 'that are no files'],
  link: ['broken link', 'broken links'],
};

/** Domains that are named one by one. */
const NAMED_DOMAINS = 8;
/** Extensions and names of each kind that are shown. */
const SHOWN_NAMES = 4;

/** What is read of a data set, for people: a line for each split, and one for each note. */
export function describeDataset({ splits, notes }: DatasetReport): string[] {
  return [...splits.map(describeSplit), ...notes.map((note) => `note: ${note}`)];
}

function describeSplit({ split, directory, images, domains, passedOver }: SplitReport): string {
  const name = split === 'train' ? 'training images' : `validation images (${printablePath(basename(directory))}/)`;
  const read = `${name}: ${count(images)} in ${counted(domains.length, 'domain')} (${describeDomains(domains)})`;
  return passedOver.length === 0 ? read : `${read}; passed over: ${describePassedOver(passedOver)}`;
}

type DomainCount = SplitReport['domains'][number];

function describeDomains(domains: readonly DomainCount[]): string {
  const say = ({ name, images }: DomainCount): string => `${printablePath(name)} ${count(images)}`;
  if (domains.length <= NAMED_DOMAINS) return domains.map(say).join(', ');
  const bySize = [...domains].sort((a, b) => a.images - b.images);
  const few = `${domains.slice(0, 3).map(say).join(', ')}, … ${say(domains.at(-1)!)}`;
  const [smallest, largest] = [bySize[0]!, bySize.at(-1)!];
  return smallest.images === largest.images ? few : `${few}; fewest: ${say(smallest)}, most: ${say(largest)}`;
}

/** What was passed over, by reason, with the extensions or names that are most frequent. */
function describePassedOver(passedOver: readonly PassedOverCount[]): string {
  return passedOver
    .map(({ kind, count: all, called }) => {
      if (kind === 'hidden') return `${count(all)} hidden`;
      const names = Object.entries(called);
      const shown = names
        .slice(0, SHOWN_NAMES)
        .map(([name, n]) => (n === 1 && kind !== 'other' ? printablePath(name) : `${printablePath(name)} ${count(n)}`));
      return `${counted(all, ...LABELS[kind])} (${shown.join(', ')}${names.length > SHOWN_NAMES ? ', …' : ''})`;
    })
    .join(', ');
}

/**
 * Says on standard error what is read of a data set, what is not and why.
 *
 * @returns the same as plain data
 */
export function sayDataset(dataset: Dataset, say: (line: string) => void = console.error): DatasetReport {
  const report = reportDataset(dataset);
  for (const line of describeDataset(report)) say(line);
  return report;
}

/** What a folder of images holds besides them, where it holds such, and what should be known of their names. */
export function describeFound(folder: string, { files, passedOver, notes }: FoundImages): string[] {
  const counts = countPassedOver(passedOver);
  const line = `${printablePath(folder)}: ${counted(files.length, 'image')}; passed over: ${describePassedOver(counts)}`;
  return counts.length === 0 ? [...notes] : [line, ...notes];
}
