import { decodeImage, defaultMaxPixels } from './decode-image.js';
import { ImageFileError } from './image-file-error.js';
import { headerOf } from './inspect-image-header.js';
import { decodingsAtOnce } from './load-images.js';
import { mapConcurrently } from './map-concurrently.js';
import { withRegularFile } from './regular-file.js';
import { skippedImage, type SkippedImage } from './training-batch.js';

/** Options of {@link checkImages}. */
export interface CheckImagesOptions {
  /**
   * `header` reads the header and looks at the end of every file, and decodes those only that look wrong: 50,000 files take
   * seconds. `full` decodes all, and finds damage in the middle as well. Default `header`.
   */
  check?: 'header' | 'full' | undefined;
  /** Largest number of pixels of an image that is decoded. Default 100,000,000. */
  maxPixels?: number | undefined;
  /** Told how many files are done, after each. */
  onProgress?: ((done: number) => void) | undefined;
  /** Aborting it ends the check. */
  signal?: AbortSignal | undefined;
}

/** More than Node's pool has threads, so that none of them waits for this one. */
const looksAtOnce = 8;

/**
 * Finds files that cannot be used as images, without stopping at the first.
 *
 * @param files paths, as this package finds files
 * @param options how closely to look, who is told about it and what stops it
 * @returns the broken ones with their reasons, in the order of `files`
 * @throws the signal's reason when it was aborted
 */
export async function checkImages(files: readonly string[], options: CheckImagesOptions = {}): Promise<SkippedImage[]> {
  const { check = 'header', maxPixels = defaultMaxPixels, onProgress, signal } = options;
  let done = 0;
  const faults = await mapConcurrently(files, check === 'full' ? decodingsAtOnce : looksAtOnce, async (file) => {
    signal?.throwIfAborted();
    const suspect = check === 'full' || (await looksWrong(file, maxPixels));
    const fault = suspect ? await faultOf(file, maxPixels) : undefined;
    onProgress?.((done += 1));
    return fault === undefined ? [] : [fault];
  });
  return faults.flat();
}

/** What keeps a file from being decoded. */
async function faultOf(file: string, maxPixels: number): Promise<SkippedImage | undefined> {
  try {
    await decodeImage(file, { maxPixels });
    return undefined;
  } catch (error) {
    if (error instanceof ImageFileError) return skippedImage(file, error);
    throw error;
  }
}

/** Enough for the last chunk of a PNG, and for a JPEG's end marker with some padding after it. */
const endBytes = 256;
const pngEnd = Buffer.from('0000000049454e44ae426082', 'hex');
const jpegEnd = Buffer.of(0xff, 0xd9);

/** Whether the header or the end of a file is not that of a whole image; what is merely unusual counts as well. */
async function looksWrong(file: string, maxPixels: number): Promise<boolean> {
  try {
    return await withRegularFile(file, async (opened) => {
      const { format, width, height } = await headerOf(opened);
      if (width * height > maxPixels) return true;
      if (format === 'png') return !(await opened.end(endBytes)).includes(pngEnd);
      if (format === 'jpeg') return !(await opened.end(endBytes)).includes(jpegEnd);
      return format === 'webp' && (await opened.start(8)).readUInt32LE(4) + 8 > opened.bytes;
    });
  } catch {
    return true;
  }
}
