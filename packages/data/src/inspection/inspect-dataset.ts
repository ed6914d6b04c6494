import { relative } from 'node:path';
import type { Dataset } from '../dataset.js';
import { reportDataset, type DatasetReport } from '../dataset-report.js';
import { mapConcurrently } from '../map-concurrently.js';
import type { PassedOverKind } from '../passed-over.js';
import { findDuplicates, groupByContent, type DuplicateGroup } from './find-duplicates.js';
import { inspectImage, type ImageFacts } from './inspect-image.js';

/** The range of some numbers. */
export interface InspectedRange {
  /** The smallest. */
  readonly min: number;
  /** The lower median. */
  readonly median: number;
  /** The largest. */
  readonly max: number;
}

/** A file and a remark about it. */
export interface Remark {
  /** Path within the data set. */
  readonly file: string;
  /** What is wrong or unusual. */
  readonly reason: string;
}

/** The images of a domain in one split. */
export interface DomainInspection {
  /** The split. */
  readonly split: 'train' | 'validation';
  /** Name of the domain. */
  readonly name: string;
  /** Number of files. */
  readonly images: number;
  /** Size of all files. */
  readonly bytes: number;
  /** Number of files that cannot be used. */
  readonly broken: number;
  /** In pixels; of images whose size is known, and undefined where there is none. */
  readonly width: InspectedRange | undefined;
  /** In pixels, likewise. */
  readonly height: InspectedRange | undefined;
  /** Number of images of each format. */
  readonly formats: Readonly<Record<string, number>>;
}

/** Everything found out about a data set. Paths are relative to its folder. */
export interface Inspection {
  /** What is read, what is not, and why. */
  readonly dataset: DatasetReport;
  /** `full` where every image was decoded. */
  readonly check: 'header' | 'full';
  /** The domains of all splits. */
  readonly domains: readonly DomainInspection[];
  /** In pixels, of all images whose size is known; undefined where there is none. */
  readonly width: InspectedRange | undefined;
  /** In pixels, likewise. */
  readonly height: InspectedRange | undefined;
  /** Images that cannot be used. */
  readonly broken: readonly Remark[];
  /** What files of a group have in common: all bytes, or where images were decoded all pixels, whatever the format and orientation. */
  readonly duplicatesBy: 'bytes' | 'pixels';
  /** Groups of files with the same content. */
  readonly duplicates: readonly { readonly across: DuplicateGroup['across']; readonly files: readonly string[] }[];
  /** Images of a single colour; undefined where images were not decoded. */
  readonly nearEmpty: readonly string[] | undefined;
  /** Images that are, or may be, read only in part. */
  readonly halfRead: readonly Remark[];
  /** Images with 16-bit channels that are nearly black when reduced to eight bits. */
  readonly lowRange: readonly Remark[];
  /** Every file and folder that is not read. */
  readonly passedOver: readonly { readonly file: string; readonly kind: PassedOverKind }[];
}

/** Options of {@link inspectDataset}. */
export interface InspectOptions {
  /** Decodes every image. Default false. */
  readonly full?: boolean | undefined;
  /** Told after every file how many are done, and of how many. */
  readonly onProgress?: ((stage: 'images read' | 'files compared', done: number, total: number) => void) | undefined;
  /** Aborting it ends the inspection. */
  readonly signal?: AbortSignal | undefined;
}

/** Few enough that even the largest images fit into memory together. */
const AT_ONCE = { header: 8, full: 3 };

interface Place {
  readonly file: string;
  readonly split: 'train' | 'validation';
  readonly domain: string;
}

/**
 * Examines every file of a data set: sizes and formats, broken and duplicate files; where it decodes them, also images of
 * a single colour and images that are read only in part. It keeps a few numbers per image in memory.
 *
 * @param dataset as `openDataset` finds it
 * @param options how closely to look, who is told about it and what stops it
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
  const duplicates = full
    ? groupByContent(
        places,
        facts.map(({ pixels }) => pixels),
      )
    : await findDuplicates(
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
    duplicatesBy: full ? 'pixels' : 'bytes',
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
export function rangeOf(values: readonly number[]): InspectedRange | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[Math.floor((sorted.length - 1) / 2)]!, max: sorted.at(-1)! };
}
