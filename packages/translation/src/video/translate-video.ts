import { decodeImage, mapConcurrently, pixelsToFloats } from '@stargan/data';
import type { SquareImages, Model, Pixels } from '@stargan/training';
import { chooseStyles, type NamedStyle, type StyleChoice } from '../choose-styles.js';
import { findPictures, type FoundPictures } from '../find-pictures.js';
import { FITS, fitToPlacement, placePicture, type Fit } from '../fit.js';
import { RequestError, requireChoice, requireWhole } from '../request-error.js';
import { countDistinctFrames, countFrames, frameSize, interpolationFrames } from './frames.js';
import { requireVideo, writeVideo, type WriteVideoOptions } from './write-video.js';

/** What {@link translateVideo} shows, and how. */
export interface TranslateVideoOptions extends StyleChoice, WriteVideoOptions {
  /** How a picture that is not square is brought to a square. Default `crop`. */
  readonly fit?: Fit | undefined;
  /** Whether the last style leads back to the first. Default true; false ends as the StarGAN v2 reference's videos do. */
  readonly loop?: boolean | undefined;
  /** Every pixel of the model becomes so many squared. By default, images of less than 128 pixels are enlarged to that. */
  readonly scale?: number | undefined;
  /** Pixels that a picture may have. Default 100,000,000. */
  readonly maxPixels?: number | undefined;
  /**
   * Is told how far it is.
   *
   * @param done frames that were drawn
   * @param total of them
   */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /**
   * Is told what should be known, a sentence at a time.
   *
   * @param note a sentence
   */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Aborting it ends the video with its reason; nothing is written then. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link translateVideo} wrote. */
export interface TranslatedVideo {
  /** Its path. */
  readonly file: string;
  /** Number of frames. */
  readonly frames: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The styles that it comes to, in their order. */
  readonly styles: readonly NamedStyle[];
}

/** Images of less are hard to see. */
const SHOWN_SIZE = 128;

/** The most pictures side by side. */
const MOST_SOURCES = 32;

/** The most a pixel is enlarged. */
const MOST_SCALE = 64;

const AT_ONCE = 4;

/**
 * Makes a video of pictures that change from style to style: of random styles, or with `reference` of those of pictures, which
 * are shown beside. It loops without a jump.
 *
 * ```js
 * await translateVideo(model, 'cats.webp', ['dog.jpg', 'wolf.jpg'], { to: 'cat', count: 4 });
 * ```
 *
 * @param model as `loadModel` gives it
 * @param file path that ends in `.webp`, `.gif` or `.mp4`; it is replaced
 * @param sources pictures, from left to right: files and folders, or what `findPictures` found in them
 * @param options which styles, and how they are shown
 * @throws RequestError when it cannot be done as asked
 * @throws ImageFileError when a picture cannot be read
 */
export async function translateVideo(
  model: Model,
  file: string,
  sources: readonly string[] | FoundPictures,
  options: TranslateVideoOptions,
): Promise<TranslatedVideo> {
  const { fit = 'crop', loop = true, maxPixels, onProgress, onNote, signal } = options;
  const { imageSize } = model;
  const scale = options.scale ?? Math.max(1, Math.round(SHOWN_SIZE / imageSize));
  requireChoice('fit', fit, FITS);
  requireWhole('scale', scale, 1, MOST_SCALE);
  const { pictures } = 'pictures' in sources ? sources : await findPictures(sources);
  if (pictures.length === 0 || pictures.length > MOST_SOURCES)
    throw new RequestError(`a video shows 1 to ${MOST_SOURCES} pictures side by side, got ${pictures.length}; name fewer`);
  const styles = await chooseStyles(model, options, { fit, maxPixels, ...(onNote && { onNote }) });
  if (styles.length < 2) throw new RequestError(`a video needs at least two styles to change between, got ${styles.length}`);
  const showsReferences = styles.every(({ picture }) => picture !== undefined);
  const size = frameSize(imageSize, pictures.length, showsReferences);
  const [width, height] = [size.width * scale, size.height * scale];
  await requireVideo(file, { distinct: countDistinctFrames(styles.length, loop), width, height }, options);

  const load = async (picture: string): Promise<Float32Array> => {
    const image = await decodeImage(picture, { maxPixels });
    return pixelsToFloats(fitToPlacement(image, imageSize, placePicture(image.width, image.height, imageSize, fit)));
  };
  const images: SquareImages = { size: imageSize, data: joined(await mapConcurrently(pictures, AT_ONCE, (picture) => load(picture.file))) };
  const keyframes = await mapConcurrently(styles, AT_ONCE, async (style) => ({
    style,
    picture: showsReferences ? await load(style.picture!) : undefined,
  }));
  const frames = countFrames(styles.length, loop);
  const drawn = counted(interpolationFrames(model, images, keyframes, { loop, signal }), (done) => onProgress?.(done, frames));
  await writeVideo(file, enlarged(drawn, scale), options);
  return { file, frames, width, height, styles };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const length = parts[0]!.length;
  const all = new Float32Array(parts.length * length);
  parts.forEach((part, i) => all.set(part, i * length));
  return all;
}

async function* counted(frames: AsyncIterable<Pixels>, tell: (done: number) => void): AsyncGenerator<Pixels> {
  let done = 0;
  for await (const frame of frames) {
    yield frame;
    tell(++done);
  }
}

/** Frames of which every pixel is `scale` squared; those that are one object stay so. */
async function* enlarged(frames: AsyncIterable<Pixels>, scale: number): AsyncGenerator<Pixels> {
  let last: { from: Pixels; to: Pixels } | undefined;
  for await (const frame of frames) {
    if (last?.from !== frame) last = { from: frame, to: scale === 1 ? frame : enlarge(frame, scale) };
    yield last.to;
  }
}

function enlarge({ width, height, data }: Pixels, scale: number): Pixels {
  const rowBytes = width * scale * 3;
  const enlargedData = new Uint8Array(height * scale * rowBytes);
  for (let y = 0; y < height; y++) {
    const start = y * scale * rowBytes;
    for (let x = 0; x < width; x++) {
      const pixel = data.subarray((y * width + x) * 3, (y * width + x + 1) * 3);
      for (let copy = 0; copy < scale; copy++) enlargedData.set(pixel, start + (x * scale + copy) * 3);
    }
    for (let copy = 1; copy < scale; copy++) enlargedData.copyWithin(start + copy * rowBytes, start, start + rowBytes);
  }
  return { width: width * scale, height: height * scale, data: enlargedData };
}
