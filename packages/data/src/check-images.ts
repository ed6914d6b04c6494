import { decodeImage } from './decode-image.js';
import { ImageFileError } from './image-file-error.js';
import { formatBytes, imageFormatOf } from './image-format.js';
import { decodingsAtOnce } from './load-images.js';
import { mapConcurrently } from './map-concurrently.js';
import { withRegularFile } from './regular-file.js';
import type { SkippedImage } from './training-batch.js';

/** Options of {@link checkImages}. */
export interface CheckImagesOptions {
  /**
   * `header` looks at the beginning and the end of every file and decodes those only that look wrong: 50,000 files take
   * seconds. `full` decodes all, and finds damage in the middle as well. Default `header`.
   */
  check?: 'header' | 'full';
  /** Largest number of pixels of an image that is decoded. Default 100,000,000. */
  maxPixels?: number;
  /** Told how many files are done, after each. */
  onProgress?: (done: number) => void;
  /** Aborting it ends the check. */
  signal?: AbortSignal;
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
  const { check = 'header', maxPixels, onProgress, signal } = options;
  let done = 0;
  const faults = await mapConcurrently(files, check === 'full' ? decodingsAtOnce : looksAtOnce, async (file) => {
    signal?.throwIfAborted();
    const suspect = check === 'full' || (await looksWrong(file));
    const reason = suspect ? await faultOf(file, maxPixels) : undefined;
    onProgress?.((done += 1));
    return reason === undefined ? [] : [{ file, reason }];
  });
  return faults.flat();
}

/** What keeps a file from being decoded. */
async function faultOf(file: string, maxPixels: number | undefined): Promise<string | undefined> {
  try {
    await decodeImage(file, { maxPixels });
    return undefined;
  } catch (error) {
    if (error instanceof ImageFileError) return error.reason;
    throw error;
  }
}

/** Enough for the last chunk of a PNG, and for a JPEG's end marker with some padding after it. */
const endBytes = 256;
const pngEnd = Buffer.from('0000000049454e44ae426082', 'hex');
const jpegEnd = Buffer.of(0xff, 0xd9);

/** Whether the beginning or the end of a file is not that of a whole image; what is merely unusual counts as well. */
async function looksWrong(file: string): Promise<boolean> {
  try {
    return await withRegularFile(file, async (handle, size) => {
      const read = async (from: number, length: number): Promise<Buffer> => {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
        return buffer.subarray(0, bytesRead);
      };
      const start = await read(0, formatBytes);
      const format = imageFormatOf(start);
      if (format === 'webp') return start.readUInt32LE(4) + 8 > size;
      if (format === undefined) return true;
      const end = await read(Math.max(0, size - endBytes), endBytes);
      return !end.includes(format === 'png' ? pngEnd : jpegEnd);
    });
  } catch {
    return true;
  }
}
