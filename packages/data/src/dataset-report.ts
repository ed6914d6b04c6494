import type { Dataset } from './dataset.js';
import type { ImageFolders } from './image-folders.js';
import { countPassedOver, type PassedOverCount } from './passed-over.js';

/** What is read of one split of a data set. */
export interface SplitReport {
  /** What it serves for. */
  readonly split: 'train' | 'validation';
  /** Absolute path of its folder. */
  readonly directory: string;
  /** Images of all domains. */
  readonly images: number;
  /** Domains in the order of their labels, with their numbers of images. */
  readonly domains: readonly {
    /** Name of the domain. */
    readonly name: string;
    /** Number of its images. */
    readonly images: number;
  }[];
  /** What is not read, by reason. */
  readonly passedOver: readonly PassedOverCount[];
}

/** What is read of a data set, what is not and why: plain data, to be printed, logged and kept. */
export interface DatasetReport {
  /** Absolute path of the data set. */
  readonly directory: string;
  /** The training split and, where there is one, that for validation. */
  readonly splits: readonly SplitReport[];
  /** Sentences about what was decided on reading it. */
  readonly notes: readonly string[];
}

/**
 * Sums up what is read of a data set.
 *
 * @param dataset as `openDataset` finds it
 */
export function reportDataset({ directory, train, validation, notes = [] }: Dataset): DatasetReport {
  return {
    directory: directory ?? train.directory,
    splits: [reportSplit('train', train), ...(validation === undefined ? [] : [reportSplit('validation', validation)])],
    notes,
  };
}

function reportSplit(split: SplitReport['split'], { directory, domains, passedOver = [] }: ImageFolders): SplitReport {
  return {
    split,
    directory,
    images: domains.reduce((sum, { files }) => sum + files.length, 0),
    domains: domains.map(({ name, files }) => ({ name, images: files.length })),
    passedOver: countPassedOver(passedOver),
  };
}
