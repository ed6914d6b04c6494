import { tensor4d, tidy } from '@tensorflow/tfjs-core';
import { writeWholeFile } from '@stargan/checkpoints';
import { decodeImage, ImageFileError, mapConcurrently, pixelsToFloats, printablePath } from '@stargan/data';
import { tileImages, yieldToEventLoop, type Model } from '@stargan/training';
import { chooseStyles, type NamedStyle, type StyleChoice } from './choose-styles.js';
import {
  encodePicture,
  endingOf,
  holdsSize,
  longestSideOf,
  PICTURE_FORMATS,
  PICTURE_SIZES,
  type PictureEncoding,
  type PictureFormat,
  type PictureSize,
} from './encode-picture.js';
import { findPictures, type FoundPictures } from './find-pictures.js';
import { FITS, fitToPlacement, placePicture, type Fit, type Placement } from './fit.js';
import { styleTensor } from './model-styles.js';
import { EXISTING_CHOICES, planOutputs, type ExistingChoice, type PlannedPicture } from './plan-outputs.js';
import { requireChoice, requireWhole } from './request-error.js';

/** How {@link translateFiles} goes about it. */
export interface TranslateFilesOptions extends StyleChoice {
  /** Folder of the results; it is made. */
  readonly out: string;
  /** How a picture that is not square is brought to a square. Default `crop`. */
  readonly fit?: Fit | undefined;
  /** Whether results have the size that the model gives (default), or that of the part of the source that was taken. */
  readonly size?: PictureSize | undefined;
  /** Format of the results. Default `png`. */
  readonly format?: PictureFormat | undefined;
  /** 1 to 100, for JPEG and WebP. Default 90. */
  readonly quality?: number | undefined;
  /** Pictures in memory together, besides as many that are read ahead. Default 8. */
  readonly batch?: number | undefined;
  /** What becomes of results that are there already. Default `refuse`. */
  readonly existing?: ExistingChoice | undefined;
  /** Whether a picture that cannot be read is passed over (default), or ends the translation. */
  readonly onCorrupt?: 'skip' | 'refuse' | undefined;
  /** Pixels that a picture may have. Default 100,000,000. */
  readonly maxPixels?: number | undefined;
  /**
   * Is told how far it is.
   *
   * @param done results that are written, and pictures passed over times their styles
   * @param total of them
   */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /**
   * Is told of a picture that is passed over.
   *
   * @param fault names the picture, what is wrong with it, and what to do
   */
  readonly onPassedOver?: ((fault: ImageFileError) => void) | undefined;
  /**
   * Is told what should be known, a sentence at a time.
   *
   * @param note a sentence
   */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Aborting it ends the translation after the result that is being written. */
  readonly signal?: AbortSignal | undefined;
}

/** A result of {@link translateFiles}. */
export interface TranslatedFile {
  /** The picture that was translated. */
  readonly source: string;
  /** Its domain and style are those of this place in `styles`. */
  readonly style: number;
  /** The result. */
  readonly file: string;
}

/** What {@link translateFiles} did. */
export interface TranslatedFiles {
  /** Results that were written, in the order of the pictures within each batch and style. */
  readonly files: readonly TranslatedFile[];
  /** The styles. */
  readonly styles: readonly NamedStyle[];
  /** Pictures that could not be read. */
  readonly passedOver: readonly ImageFileError[];
  /** Results that were there already and left as they were. */
  readonly kept: number;
  /** Pictures that were not square, and therefore fitted. */
  readonly fitted: number;
  /** How they were. */
  readonly fit: Fit;
  /** Whether all was done; false when `signal` was aborted before. */
  readonly completed: boolean;
}

/** Pictures that are decoded, and results that are encoded, at a time: the threads of Node's pool. */
const AT_ONCE = 4;

/** The largest batch: beyond, only memory grows, since the networks take fewer at a time. */
const MAX_BATCH = 1024;

/** A picture that was read: what the model takes of it. */
interface ReadPicture {
  readonly picture: PlannedPicture;
  readonly placement: Placement;
  readonly isSquare: boolean;
  /** [size, size, 3] in [-1, 1] */
  readonly values: Float32Array;
}

/**
 * Translates picture files, of any size and format that `@stargan/data` reads, and writes the results.
 *
 * A batch is in memory at a time, and the next one is read while it is translated, so memory does not grow with the
 * number of pictures. Every result is written aside and renamed: what is there is whole.
 *
 * ```js
 * await translateFiles(model, ['photos'], { to: 'cat', seed: 1, out: 'cats' });
 * ```
 *
 * @param model as `loadModel` gives it
 * @param sources files and folders of pictures, or what `findPictures` found in them
 * @param options which styles, and how
 * @throws RequestError when it cannot be done as asked; nothing has been written then
 * @throws ImageFileError when a reference picture cannot be read, or with `onCorrupt: 'refuse'` a source
 * @throws Error naming the file when a result cannot be written; those before it are kept
 */
export async function translateFiles(
  model: Model,
  sources: readonly string[] | FoundPictures,
  options: TranslateFilesOptions,
): Promise<TranslatedFiles> {
  const { out, fit = 'crop', batch = 8, existing = 'refuse', onCorrupt = 'skip', maxPixels, onProgress, onNote, signal } = options;
  const encoding: PictureEncoding = { format: options.format ?? 'png', quality: options.quality ?? 90, size: options.size ?? 'model' };
  requireChoice('fit', fit, FITS);
  requireChoice('format', encoding.format, PICTURE_FORMATS);
  requireChoice('size', encoding.size, PICTURE_SIZES);
  requireChoice('existing', existing, EXISTING_CHOICES);
  requireChoice('onCorrupt', onCorrupt, ['skip', 'refuse']);
  requireWhole('quality', encoding.quality, 1, 100);
  requireWhole('batch', batch, 1, MAX_BATCH);
  const { pictures } = 'pictures' in sources ? sources : await findPictures(sources, out);
  const styles = await chooseStyles(model, options, { fit, maxPixels, ...(onNote && { onNote }) });
  const names = styles.map(({ name }) => name);
  const planned = await planOutputs(pictures, names, { out, ending: endingOf(encoding.format), existing });
  const waiting = planned.filter(({ outputs }) => outputs.some((file) => file !== undefined));
  const countOf = ({ outputs }: PlannedPicture): number => outputs.filter((file) => file !== undefined).length;
  const total = waiting.reduce((sum, picture) => sum + countOf(picture), 0);
  const kept = planned.length * styles.length - total;

  const files: TranslatedFile[] = [];
  const passedOver: ImageFileError[] = [];
  let [done, fitted, completed] = [0, 0, true];
  const batches = readAhead(waiting, batch, (picture) => readPicture(picture, model.imageSize, fit, encoding, maxPixels));
  for await (const read of batches) {
    const whole: ReadPicture[] = [];
    for (const one of read) {
      if (!(one.result instanceof ImageFileError)) {
        whole.push(one.result);
        continue;
      }
      if (onCorrupt === 'refuse') throw one.result;
      passedOver.push(one.result);
      options.onPassedOver?.(one.result);
      done += countOf(one.item);
    }
    fitted += whole.filter(({ isSquare }) => !isSquare).length;
    for (const [index, style] of styles.entries()) {
      if (signal?.aborted === true) break;
      const wanted = whole.filter(({ picture }) => picture.outputs[index] !== undefined);
      if (wanted.length === 0) continue;
      const translated = await translateBatch(model, wanted, style);
      await mapConcurrently(wanted, AT_ONCE, async ({ picture, placement }, i) => {
        const file = picture.outputs[index]!;
        await writePicture(file, await encodePicture(translated(i), placement, encoding));
        onProgress?.(++done, total);
      });
      files.push(...wanted.map(({ picture }) => ({ source: picture.file, style: index, file: picture.outputs[index]! })));
      await yieldToEventLoop();
    }
    onProgress?.(done, total);
    if (signal?.aborted === true) {
      completed = done === total;
      break;
    }
  }
  return { files, styles, passedOver, kept, fitted, fit, completed };
}

/** Reads items a batch at a time, the next batch while one is used. */
async function* readAhead<Item, Result>(
  items: readonly Item[],
  batch: number,
  read: (item: Item) => Promise<Result>,
): AsyncGenerator<{ item: Item; result: Result }[]> {
  const readBatch = (start: number): Promise<{ item: Item; result: Result }[]> => {
    const reading = mapConcurrently(items.slice(start, start + batch), AT_ONCE, async (item) => ({ item, result: await read(item) }));
    // It is waited for later, or not at all.
    reading.catch(() => undefined);
    return reading;
  };
  let next = readBatch(0);
  for (let start = 0; start < items.length; start += batch) {
    const read = await next;
    if (start + batch < items.length) next = readBatch(start + batch);
    yield read;
  }
}

/** What the model takes of a picture, or what is wrong with the picture. */
async function readPicture(
  picture: PlannedPicture,
  size: number,
  fit: Fit,
  encoding: PictureEncoding,
  maxPixels: number | undefined,
): Promise<ReadPicture | ImageFileError> {
  try {
    const image = await decodeImage(picture.file, { maxPixels });
    const placement = placePicture(image.width, image.height, size, fit);
    const { width, height } = placement.taken;
    if (encoding.size === 'source' && !holdsSize(encoding.format, width, height))
      return new ImageFileError(
        picture.file,
        `${width}×${height} is more than a ${encoding.format} file holds, ${longestSideOf(encoding.format)} a side`,
        'choose another format, or the size of the model',
        'too-large',
      );
    return { picture, placement, isSquare: image.width === image.height, values: pixelsToFloats(fitToPlacement(image, size, placement)) };
  } catch (error) {
    if (error instanceof ImageFileError) return error;
    throw error;
  }
}

/** Translates pictures in one style; gives the pixels of each. */
async function translateBatch(
  model: Model,
  pictures: readonly ReadPicture[],
  style: NamedStyle,
): Promise<(index: number) => ReturnType<typeof tileImages>> {
  const { imageSize: size } = model;
  const length = size * size * 3;
  const values = new Float32Array(pictures.length * length);
  pictures.forEach((picture, i) => values.set(picture.values, i * length));
  const output = tidy(() => model.translate(tensor4d(values, [pictures.length, size, size, 3]), { style: styleTensor([style]) }));
  try {
    const translated = await output.data<'float32'>();
    return (index) => tileImages(translated.subarray(index * length, (index + 1) * length), size, size, 1);
  } finally {
    output.dispose();
  }
}

async function writePicture(file: string, content: Buffer): Promise<void> {
  try {
    await writeWholeFile(file, content);
  } catch (error) {
    throw new Error(`${printablePath(file)} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
