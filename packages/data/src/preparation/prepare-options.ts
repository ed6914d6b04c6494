import { defaultMaxPixels } from '../decode-image.js';
import { requireProbability, requireWhole } from '../requirements.js';
import type { OnCorrupt } from '../training-batch.js';
import type { ValidationChoice } from './assign-splits.js';
import type { BoxOptions } from './box-options.js';
import type { PictureFit } from './fit-picture.js';
import type { PreparedFormat } from './output-names.js';

/** Options of `prepareDataset`. */
export interface PrepareOptions {
  /** S, sides of the pictures in pixels. */
  readonly imageSize: number;
  /** How a picture becomes a square. Default `crop`. */
  readonly fit?: PictureFit | undefined;
  /** Crops pictures around boxes, of faces say, instead of in the middle. `fit` must then be `crop`. Default: none. */
  readonly boxes?: BoxOptions | undefined;
  /** Which images are for validation. Default: as in the source, or none. */
  readonly validation?: ValidationChoice | undefined;
  /** Seed of the choice by share. Default 0. */
  readonly seed?: number | undefined;
  /** Format of the files. Default `png`. */
  readonly format?: PreparedFormat | undefined;
  /**
   * What to do about an unusable image: `replace` passes over it, until `corruptLimit` is exceeded; `skip` does so without a
   * limit; `refuse` stops. Default `replace`, as it is called in training.
   */
  readonly onCorrupt?: OnCorrupt | undefined;
  /** With `replace`, the share of a domain's images that may be unusable; one may be in any case. Default 0.1. */
  readonly corruptLimit?: number | undefined;
  /** Largest number of pixels of an image. Default 100,000,000. */
  readonly maxPixels?: number | undefined;
  /** Only says what would be done; nothing is written. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Told after every image how many are done, and of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Aborting it ends the work once the pictures under way are whole. */
  readonly signal?: AbortSignal | undefined;
}

/** Options with their defaults. */
export type PrepareSettings = Required<Omit<PrepareOptions, 'boxes' | 'validation' | 'signal' | 'onProgress'>> &
  Pick<PrepareOptions, 'boxes' | 'validation' | 'signal' | 'onProgress'>;

/** Four such pictures fit into memory with what they are made from. */
const largestSize = 8192;

/** @throws RangeError when an option is out of range */
export function withDefaults(options: PrepareOptions): PrepareSettings {
  const { imageSize, fit = 'crop', format = 'png', seed = 0, maxPixels = defaultMaxPixels, dryRun = false } = options;
  const { onCorrupt = 'replace', corruptLimit = 0.1, boxes, validation, onProgress, signal } = options;
  const where = 'prepareDataset';
  requireWhole(where, 'imageSize', imageSize, 1);
  if (imageSize > largestSize) throw new RangeError(`${where}: imageSize must be at most ${largestSize}, got ${imageSize}`);
  requireWhole(where, 'seed', seed, 0);
  requireWhole(where, 'maxPixels', maxPixels, 1);
  requireProbability(where, 'corruptLimit', corruptLimit);
  if (boxes !== undefined) {
    requireProbability(where, 'boxes.margin', boxes.margin ?? 0);
    if (fit !== 'crop')
      throw new RangeError(`${where}: fit must be crop with boxes, since the square around a box has nothing to ${fit}; got ${fit}`);
  }
  return { imageSize, fit, format, seed, maxPixels, dryRun, onCorrupt, corruptLimit, boxes, validation, onProgress, signal };
}
