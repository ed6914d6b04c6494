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
import { FEATURE_LENGTH } from '@stargan/training/evaluation';
import { UsageError } from '../usage-error.js';
import { hashFiles, turnedNote, type HashedFile } from './hashed-files.js';
import { type FidName } from '../config/evaluation-fields.js';
import { conventionOf, type ScoredConvention } from './metrics.js';
import { openFeatureNetwork, type FeatureNetwork } from './pretrained.js';
import { featuresOfFiles } from './real-features.js';
import { chooseConventions } from './statistics-source.js';

/** Two sets of images, and how they are compared. */
export interface CompareOptions {
  /** Folder of images, or a `.npz` file of statistics. */
  readonly real: string;
  /** The same for the images that are compared with them; without it nothing is compared. */
  readonly fake?: string;
  /** Whose FID; by default that of the files of statistics, `stargan2` for two folders. */
  readonly fids?: readonly FidName[];
  /** S, to which `fid-stargan2` resizes first. */
  readonly imageSize: number;
  /** Seed of KID's subsets. */
  readonly seed: number;
  readonly onCorrupt?: OnCorrupt;
  /** File for the statistics of the real images. */
  readonly saveStatistics?: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** One side of a comparison. */
export interface ComparedSet {
  readonly path: string;
  /** Images; undefined where a file of statistics does not say. */
  readonly images: number | undefined;
}

/** How two sets of images compare. */
export interface FolderComparison {
  readonly real: ComparedSet;
  readonly fake: ComparedSet | undefined;
  /** Whose FID the scores are. */
  readonly conventions: readonly ScoredConvention[];
  readonly scores: Scores;
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
 * @returns undefined when `signal` was aborted
 * @throws Error saying how to get weights that are not there, or naming a folder without images
 * @throws UsageError where files of statistics do not compare with each other or under the conventions asked for
 */
export async function compareFolders(options: CompareOptions): Promise<FolderComparison | undefined> {
  const { saveStatistics, onProgress, imageSize } = options;
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
    const network = files.length === sets.length || name === 'unknown' ? undefined : await openNetwork(name);
    try {
      if (network !== undefined) requireWeights(files, network);
      const features = await featuresOf(network, real, options, true, progress);
      const others = fake === undefined ? undefined : await featuresOf(network, fake, options, false, progress);
      if (features === undefined || (fake !== undefined && others === undefined)) return undefined;
      if (saveStatistics !== undefined)
        await writeStatistics(saveStatistics, { ...statisticsOf(features), ...originOf(real, name, network, imageSize) });
      if (others !== undefined) scores.push(await featureScores(metricTable, features, others, { convention: name, seed: options.seed }));
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

async function openNetwork(fid: FidName): Promise<FeatureNetwork> {
  const opened = await openFeatureNetwork(conventionOf(fid));
  if ('reason' in opened) throw new Error(opened.reason);
  return opened;
}

/** @throws UsageError where statistics were made with other weights than those here */
function requireWeights(files: readonly { path: string; statistics: StoredStatistics }[], { sha256 }: FeatureNetwork): void {
  for (const {
    path,
    statistics: { weights },
  } of files) {
    if (weights !== undefined && weights !== sha256)
      throw new UsageError(
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
  { imageSize, signal }: CompareOptions,
  keep: boolean,
  onProgress: (images: number) => void,
): Promise<FeatureSet | undefined> {
  if (statistics !== undefined) return { rows: undefined, statistics };
  const rows = await featuresOfFiles(network!, files, { imageSize, keep, onProgress, signal });
  return rows === undefined ? undefined : featureSet(rows);
}

function statisticsOf({ statistics }: FeatureSet): GaussianStatistics {
  if (statistics === undefined) throw new Error('statistics need at least 2 images, got 1');
  return statistics;
}
