import { relative } from 'node:path';
import { mapConcurrently, reportDataset, type Dataset, type DatasetReport, type PassedOverKind } from '@stargan/data';
import { findDuplicates, type DuplicateGroup } from './find-duplicates.js';
import { inspectImage, type ImageFacts } from './inspect-image.js';

/** Smallest, middle and largest of some numbers. */
export interface Range {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** A file and what is to be said about it. */
export interface Remark {
  /** Path within the data set. */
  readonly file: string;
  readonly reason: string;
}

/** The images of a domain in one split. */
export interface DomainInspection {
  readonly split: 'train' | 'validation';
  readonly name: string;
  readonly images: number;
  readonly bytes: number;
  readonly broken: number;
  /** In pixels; of images whose size is known, and undefined where there is none. */
  readonly width: Range | undefined;
  readonly height: Range | undefined;
  /** How many images there are of each format. */
  readonly formats: Readonly<Record<string, number>>;
}

/** All that was found out about a data set. Paths are within it. */
export interface Inspection {
  /** What is read, what is not and why. */
  readonly dataset: DatasetReport;
  /** `full` where every image was decoded. */
  readonly check: 'header' | 'full';
  readonly domains: readonly DomainInspection[];
  /** In pixels, of all images whose size is known; undefined where there is none. */
  readonly width: Range | undefined;
  readonly height: Range | undefined;
  readonly broken: readonly Remark[];
  /** Groups of files of one content. */
  readonly duplicates: readonly { readonly across: DuplicateGroup['across']; readonly files: readonly string[] }[];
  /** Images of one colour; undefined where images were not decoded. */
  readonly nearEmpty: readonly string[] | undefined;
  /** Images that are read in part, or perhaps so. */
  readonly halfRead: readonly Remark[];
  /** Images of 16 bits of which hardly anything is left when eight are read. */
  readonly lowRange: readonly Remark[];
  /** Every file and folder that is not read. */
  readonly passedOver: readonly { readonly file: string; readonly kind: PassedOverKind }[];
}

/** How closely to look, who is told and what stops it. */
export interface InspectOptions {
  readonly full?: boolean;
  readonly onProgress?: (stage: 'images read' | 'files compared', done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Few at a time, so that even the largest images fit into memory. */
const AT_ONCE = { header: 8, full: 3 };

interface Place {
  readonly file: string;
  readonly split: 'train' | 'validation';
  readonly domain: string;
}

/**
 * Looks at every file of a data set: sizes and formats, broken and duplicate files; where it decodes them, also empty and
 * half-read pictures. What it keeps in memory per image is a few numbers.
 *
 * @throws the signal's reason when it was aborted
 */
export async function inspectDataset(dataset: Dataset, { full = false, onProgress, signal }: InspectOptions = {}): Promise<Inspection> {
  const root = dataset.directory ?? dataset.train.directory;
  const within = (file: string): string => relative(root, file);
  const splits = [
    { split: 'train' as const, folders: dataset.train },
    ...(dataset.validation ? [{ split: 'validation' as const, folders: dataset.validation }] : []),
  ];
  const places = splits.flatMap(({ split, folders }) =>
    folders.domains.flatMap(({ name, files }) => files.map((file): Place => ({ file, split, domain: name }))),
  );

  let done = 0;
  const facts = await mapConcurrently(places, full ? AT_ONCE.full : AT_ONCE.header, async ({ file }): Promise<ImageFacts> => {
    signal?.throwIfAborted();
    const found = await inspectImage(file, full);
    onProgress?.('images read', (done += 1), places.length);
    return found;
  });
  const duplicates = await findDuplicates(
    places.map((place, i) => ({ ...place, bytes: facts[i]!.bytes })),
    { signal, onProgress: (count, total) => onProgress?.('files compared', count, total) },
  );

  const remarks = (key: 'fault' | 'halfRead' | 'lowRange'): Remark[] =>
    places.flatMap(({ file }, i) => (facts[i]![key] === undefined ? [] : [{ file: within(file), reason: facts[i]![key] }]));
  const domains = splits.flatMap(({ split, folders }) =>
    folders.domains.map(({ name }) =>
      summarize(
        split,
        name,
        facts.filter((_, i) => places[i]!.split === split && places[i]!.domain === name),
      ),
    ),
  );
  return {
    dataset: reportDataset(dataset),
    check: full ? 'full' : 'header',
    domains,
    width: rangeOf(facts.flatMap(({ width }) => width ?? [])),
    height: rangeOf(facts.flatMap(({ height }) => height ?? [])),
    broken: remarks('fault'),
    duplicates: duplicates.map(({ across, files }) => ({ across, files: files.map(({ file }) => within(file)) })),
    nearEmpty: full ? places.flatMap(({ file }, i) => (facts[i]!.isEmpty === true ? [within(file)] : [])) : undefined,
    halfRead: remarks('halfRead'),
    lowRange: remarks('lowRange'),
    passedOver: splits.flatMap(({ folders }) => (folders.passedOver ?? []).map(({ file, kind }) => ({ file: within(file), kind }))),
  };
}

function summarize(split: DomainInspection['split'], name: string, facts: readonly ImageFacts[]): DomainInspection {
  const formats: Record<string, number> = {};
  for (const { format = 'unknown' } of facts) formats[format] = (formats[format] ?? 0) + 1;
  return {
    split,
    name,
    images: facts.length,
    bytes: facts.reduce((sum, { bytes }) => sum + bytes, 0),
    broken: facts.filter(({ fault }) => fault !== undefined).length,
    width: rangeOf(facts.flatMap(({ width }) => width ?? [])),
    height: rangeOf(facts.flatMap(({ height }) => height ?? [])),
    formats,
  };
}

/** Undefined for no numbers. */
export function rangeOf(values: readonly number[]): Range | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[Math.floor((sorted.length - 1) / 2)]!, max: sorted.at(-1)! };
}
