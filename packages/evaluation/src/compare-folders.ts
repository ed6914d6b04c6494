import { stat } from 'node:fs/promises';
import { findImages, type OnCorrupt } from '@stargan/data';
import { describeFoundImages } from '@stargan/data/inspection';
import {
  featureScores,
  featureSet,
  joinScores,
  metricTable,
  type FeatureSet,
  type GaussianStatistics,
  type Scores,
} from '@stargan/metrics';
import { readStatistics, writeStatistics, type StoredStatistics } from '@stargan/metrics/npz';
import type { Compile } from '@stargan/ops';
import { openFeatureNetwork, type FeatureNetwork } from '@stargan/pretrained';
import { conventionOf, FEATURE_LENGTH, type FidName, type ScoredConvention } from './conventions.js';
import { featuresOfFiles, type FeaturesOfFilesOptions } from './features-of-files.js';
import { hashFiles, turnedNote, type HashedFile } from './hashed-files.js';
import { StatisticsError } from './statistics-error.js';
import { chooseConventions } from './statistics-source.js';

/** Two sets of images, and how they are compared. */
export interface CompareOptions {
  /** Folder of images, or a `.npz` file of statistics. */
  readonly real: string;
  /** The same for the images that are compared with them; without it nothing is compared. */
  readonly fake?: string;
  /** Whose FID; by default that of the files of statistics, `stargan2` for two folders. */
  readonly fids?: readonly FidName[];
  /** S, to which `fid-stargan2` resizes first. Default 256. */
  readonly imageSize?: number;
  /** Seed of KID's subsets. Default 0. */
  readonly seed?: number;
  /** What happens to broken images: `refuse` ends the comparison, all else leaves them out and names them. Default `refuse`. */
  readonly onCorrupt?: OnCorrupt;
  /** File for the statistics of the real images. */
  readonly saveStatistics?: string;
  /** Called with the images that are done and all that there are, over all conventions. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborting it ends the comparison; features that are done are kept. */
  readonly signal?: AbortSignal;
  /** Makes passes through Inception faster, such as `(f) => capture(f)` with `capture` of `@stargan/backend`; scores are the same. */
  readonly compile?: Compile | undefined;
}

/** One side of a comparison. */
export interface ComparedSet {
  /** The folder or file. */
  readonly path: string;
  /** Images; undefined where a file of statistics does not say. */
  readonly images: number | undefined;
}

/** How two sets of images compare. */
export interface FolderComparison {
  /** The real images. */
  readonly real: ComparedSet;
  /** The images that were compared with them, if any. */
  readonly fake: ComparedSet | undefined;
  /** Whose FID the scores are. */
  readonly conventions: readonly ScoredConvention[];
  /** Scores by the names of metrics and conventions, such as `fid-clean`. */
  readonly scores: Scores;
  /** What a reader of the scores should know: what was left out, turned or taken for granted. */
  readonly notes: readonly string[];
}

interface OpenSet extends ComparedSet {
  readonly files: readonly HashedFile[];
  /** What a file of statistics holds; undefined for a folder. */
  readonly statistics: StoredStatistics | undefined;
}

/**
 * FID, KID, precision, recall, density and coverage of two folders of images; of statistics alone, FID. Features of the
 * real images are kept in stargan's cache.
 *
 * @param options the two sets, and how they are compared
 * @returns undefined when `signal` was aborted
 * @throws Error saying how to get weights that are not there, or naming a folder without images
 * @throws StatisticsError where files of statistics do not compare with each other or under the conventions asked for
 */
export async function compareFolders(options: CompareOptions): Promise<FolderComparison | undefined> {
  const { saveStatistics, onProgress, imageSize = 256, seed = 0, signal, compile } = options;
  const notes: string[] = [];
  const real = await openSet(options.real, options.onCorrupt, notes);
  const fake = options.fake === undefined ? undefined : await openSet(options.fake, options.onCorrupt, notes);
  const sets = [real, ...(fake === undefined ? [] : [fake])];
  const files = sets.flatMap(({ path, statistics }) => (statistics === undefined ? [] : [{ path, statistics }]));
  const { names, notes: ofNames } = chooseConventions(files, options.fids, files.length === sets.length ? undefined : imageSize);
  notes.push(...ofNames);
  const total = (real.files.length + (fake?.files.length ?? 0)) * names.length;
  let done = 0;
  const progress = (images: number): void => {
    done += images;
    onProgress?.(done, total);
  };
  const scores: Scores[] = [];
  for (const name of names) {
    const network = files.length === sets.length || name === 'unknown' ? undefined : await openNetwork(name, compile);
    try {
      if (network !== undefined) requireWeights(files, network);
      const features = await featuresOf(network, real, { imageSize, keep: true, onProgress: progress, signal });
      const others =
        fake === undefined ? undefined : await featuresOf(network, fake, { imageSize, keep: false, onProgress: progress, signal });
      if (features === undefined || (fake !== undefined && others === undefined)) return undefined;
      if (saveStatistics !== undefined)
        await writeStatistics(saveStatistics, { ...statisticsOf(features), ...originOf(real, name, network, imageSize) });
      if (others !== undefined) scores.push(await featureScores(metricTable, features, others, { convention: name, seed }));
    } finally {
      network?.dispose();
    }
  }
  const side = ({ path, images }: OpenSet): ComparedSet => ({ path, images });
  return { real: side(real), fake: fake === undefined ? undefined : side(fake), conventions: names, scores: joinScores(...scores), notes };
}

async function openSet(source: string, onCorrupt: OnCorrupt | undefined, notes: string[]): Promise<OpenSet> {
  if ((await stat(source).catch(() => undefined))?.isFile() === true) {
    if (!source.toLowerCase().endsWith('.npz'))
      throw new Error(`${source} is a file: give a folder of images, or statistics as pytorch-fid's .npz`);
    const statistics = await readStatistics(source);
    if (statistics.mean.length !== FEATURE_LENGTH)
      throw new Error(
        `${source} holds statistics of ${statistics.mean.length} features; Inception-v3 gives ${FEATURE_LENGTH}: make it with --save-statistics, or with pytorch-fid at its default dimension`,
      );
    return { path: source, images: statistics.count, files: [], statistics };
  }
  const found = await findImages(source);
  const { files, skipped, turned } = await hashFiles(found.files, onCorrupt);
  notes.push(
    ...describeFoundImages(source, found),
    ...turnedNote(source, turned, files.length),
    ...skipped.map(({ reason }) => `left out ${reason}`),
  );
  if (files.length === 0) throw new Error(`${source} holds no images (jpg, jpeg, png, webp) that can be used`);
  return { path: source, images: files.length, files, statistics: undefined };
}

async function openNetwork(fid: FidName, compile: Compile | undefined): Promise<FeatureNetwork> {
  const opened = await openFeatureNetwork(conventionOf(fid), undefined, { compile });
  if ('reason' in opened) throw new Error(opened.reason);
  return opened;
}

/** @throws StatisticsError where statistics were made with other weights than those here */
function requireWeights(files: readonly { path: string; statistics: StoredStatistics }[], { sha256 }: FeatureNetwork): void {
  for (const {
    path,
    statistics: { weights },
  } of files) {
    if (weights !== undefined && weights !== sha256)
      throw new StatisticsError(
        `${path} was made with other weights of Inception-v3 (SHA-256 ${weights}) than those here (${sha256}): make it again with --save-statistics`,
      );
  }
}

/** What a file of statistics says about its origin. */
function originOf(
  { statistics }: OpenSet,
  name: ScoredConvention,
  network: FeatureNetwork | undefined,
  imageSize: number,
): Partial<StoredStatistics> {
  if (statistics !== undefined) {
    const { convention = name === 'unknown' ? undefined : conventionOf(name), imageSize: size, weights, count } = statistics;
    return { convention, imageSize: size, weights, count };
  }
  return { convention: network?.convention, weights: network?.sha256, ...(name === 'stargan2' ? { imageSize } : {}) };
}

async function featuresOf(
  network: FeatureNetwork | undefined,
  { files, statistics }: OpenSet,
  options: FeaturesOfFilesOptions,
): Promise<FeatureSet | undefined> {
  if (statistics !== undefined) return { rows: undefined, statistics };
  const rows = await featuresOfFiles(network!, files, options);
  return rows === undefined ? undefined : featureSet(rows);
}

function statisticsOf({ statistics }: FeatureSet): GaussianStatistics {
  if (statistics === undefined) throw new Error('statistics need at least 2 images, got 1');
  return statistics;
}
