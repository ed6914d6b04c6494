import { basename } from 'node:path';
import type { DatasetReport, SplitReport } from '../dataset-report.js';
import type { FoundImages } from '../image-folders.js';
import { countPassedOver, type PassedOverCount, type PassedOverKind } from '../passed-over.js';
import { printablePath } from '../path-names.js';
import { counted, formatCount } from './counts.js';

/** Singular and plural of each kind. */
const LABELS: Readonly<Record<PassedOverKind, readonly [one: string, several: string]>> = {
  other: ['other file', 'other files'],
  stray: ['image outside the domains', 'images outside the domains'],
  system: ['of the system', 'of the system'],
  hidden: ['hidden', 'hidden'],
  special: ['special file', 'special files'],
  link: ['broken link', 'broken links'],
};

/** Up to this many domains are named one by one. */
const NAMED_DOMAINS = 8;
/** Extensions and names of each kind that are shown. */
const SHOWN_NAMES = 4;

/**
 * Describes what is read of a data set and what is passed over: a line for each split, and one for each note.
 *
 * @param report as `reportDataset` gives it
 */
export function describeDataset({ splits, notes }: DatasetReport): string[] {
  return [...splits.map(describeSplit), ...notes.map((note) => `note: ${note}`)];
}

function describeSplit({ split, directory, images, domains, passedOver }: SplitReport): string {
  const name = split === 'train' ? 'training images' : `validation images (${printablePath(basename(directory))}/)`;
  const read = `${name}: ${formatCount(images)} in ${counted(domains.length, 'domain')} (${describeDomains(domains)})`;
  return passedOver.length === 0 ? read : `${read}; passed over: ${describePassedOver(passedOver)}`;
}

type DomainCount = SplitReport['domains'][number];

function describeDomains(domains: readonly DomainCount[]): string {
  const describe = ({ name, images }: DomainCount): string => `${printablePath(name)} ${formatCount(images)}`;
  if (domains.length <= NAMED_DOMAINS) return domains.map(describe).join(', ');
  const bySize = [...domains].sort((a, b) => a.images - b.images);
  const few = `${domains.slice(0, 3).map(describe).join(', ')}, … ${describe(domains.at(-1)!)}`;
  const [smallest, largest] = [bySize[0]!, bySize.at(-1)!];
  return smallest.images === largest.images ? few : `${few}; fewest: ${describe(smallest)}, most: ${describe(largest)}`;
}

/** What was passed over, by reason, with the most frequent extensions or names. */
export function describePassedOver(passedOver: readonly PassedOverCount[]): string {
  return passedOver
    .map(({ kind, count: all, called }) => {
      if (kind === 'hidden') return `${formatCount(all)} hidden`;
      const names = Object.entries(called);
      const shown = names
        .slice(0, SHOWN_NAMES)
        .map(([name, n]) => (n === 1 && kind !== 'other' ? printablePath(name) : `${printablePath(name)} ${formatCount(n)}`));
      return `${counted(all, ...LABELS[kind])} (${shown.join(', ')}${names.length > SHOWN_NAMES ? ', …' : ''})`;
    })
    .join(', ');
}

/**
 * Describes what a folder of images holds besides images, and what should be known about their names.
 *
 * @param folder path of the folder
 * @param found what was found in it, as `findImages` gives it
 * @returns no lines when there is nothing to say
 */
export function describeFoundImages(folder: string, { files, passedOver, notes }: FoundImages): string[] {
  const counts = countPassedOver(passedOver);
  const line = `${printablePath(folder)}: ${counted(files.length, 'image')}; passed over: ${describePassedOver(counts)}`;
  return counts.length === 0 ? [...notes] : [line, ...notes];
}
