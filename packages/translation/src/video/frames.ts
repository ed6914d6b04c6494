import { tidy, tensor4d } from '@tensorflow/tfjs-core';
import { easedWeights, toByte, yieldToEventLoop, type SquareImages, type Model, type Pixels } from '@stargan/training';
import { RequestError } from '../request-error.js';
import { styleTensor } from '../model-styles.js';
import { interpolateStyles, type Style } from '../style.js';

/** A style that a video comes to, and the reference picture that it was taken from, [size, size, 3] in [-1, 1], where it is shown. */
export interface Keyframe {
  /** The style. */
  readonly style: Style;
  /** [size, size, 3] in [-1, 1]; all keyframes have one, or none. */
  readonly picture?: Float32Array | undefined;
}

/** What {@link interpolationFrames} draws. */
export interface FramesOptions {
  /** Whether the last style leads back to the first, so that the frames can be shown over and over. Default true. */
  readonly loop?: boolean | undefined;
  /** Aborting it ends the frames with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Frames of a change from one style to the next. */
const FRAMES_OF_CHANGE = easedWeights().length;

/** Frames that the last style is held where the video does not loop, besides those that end a change. */
const HELD_FRAMES = 10;

/** The share of an image's width that is left empty beside the references. */
const MARGIN = 1 / 8;

const changesOf = (keyframes: number, loop: boolean): number => (loop ? keyframes : keyframes - 1);

/** How many frames there are. */
export function countFrames(keyframes: number, loop: boolean): number {
  return changesOf(keyframes, loop) * FRAMES_OF_CHANGE + (loop ? 0 : HELD_FRAMES);
}

/** How many of them differ from the one before. */
export function countDistinctFrames(keyframes: number, loop: boolean): number {
  // A change begins with the style that the one before has ended with.
  return changesOf(keyframes, loop) * (new Set(easedWeights()).size - 1) + 1;
}

/** Height and width of the frames, in pixels. */
export function frameSize(
  imageSize: number,
  sources: number,
  showsReferences: boolean,
): { readonly height: number; readonly width: number } {
  return { height: 2 * imageSize, width: sources * imageSize + (showsReferences ? imageSize + imageSize * MARGIN : 0) };
}

/**
 * Frames of sources that change from style to style, as the StarGAN v2 reference draws them: the sources in the first row, their
 * translations below; where styles come from reference pictures, these scroll through a column at the left, the current one
 * beside the translations. Styles are mixed with sigmoid-eased weights, and each is held for ten frames.
 *
 * Two things differ from the reference: the references keep scrolling from one change to the next instead of starting anew, and
 * with `loop` (default) the last style leads back to the first, so that nothing jumps.
 *
 * One frame is in memory at a time; a frame that equals the one before is the same object.
 *
 * @param model translates the sources
 * @param sources images [count, size, size, 3] in [-1, 1], of the model's size
 * @param keyframes at least two; their domains may differ
 * @param options whether it loops, and what stops it
 * @throws RequestError when there are fewer than two keyframes, or only some have pictures
 */
export async function* interpolationFrames(
  model: Model,
  sources: SquareImages,
  keyframes: readonly Keyframe[],
  { loop = true, signal }: FramesOptions = {},
): AsyncGenerator<Pixels> {
  if (keyframes.length < 2) throw new RequestError(`a video needs at least two styles to change between, got ${keyframes.length}`);
  const withPictures = keyframes.filter(({ picture }) => picture !== undefined).length;
  if (withPictures !== 0 && withPictures !== keyframes.length)
    throw new RequestError('all keyframes of a video must have reference pictures, or none');
  const compose = frameComposer(sources, withPictures > 0);
  const at = (index: number): Keyframe | undefined => keyframes[loop ? (index + keyframes.length) % keyframes.length : index];
  let frame: Pixels | undefined;
  let drawn: { change: number; weight: number } | undefined;
  for (let change = 0; change < changesOf(keyframes.length, loop); change++) {
    const [from, to] = [at(change)!, at(change + 1)!];
    for (const weight of easedWeights()) {
      signal?.throwIfAborted();
      const isSame = drawn !== undefined && (drawn.change === change ? drawn.weight === weight : weight === 0 && drawn.weight === 1);
      if (!isSame || frame === undefined) {
        const translated = await translateAll(model, sources, interpolateStyles(from.style, to.style, weight));
        frame = compose(translated, [at(change - 1)?.picture, from.picture, to.picture], weight);
        await yieldToEventLoop();
      }
      drawn = { change, weight };
      yield frame;
    }
  }
  for (let held = 0; !loop && held < HELD_FRAMES; held++) yield frame!;
}

/** All sources in one style: [count, size, size, 3] in 0 … 255. */
async function translateAll(model: Model, { size, data }: SquareImages, style: Style): Promise<Uint8Array> {
  const count = data.length / (size * size * 3);
  const output = tidy(() => model.translate(tensor4d(data, [count, size, size, 3]), { style: styleTensor([style]) }));
  try {
    return toBytes(await output.data<'float32'>());
  } finally {
    output.dispose();
  }
}

const toBytes = (values: Float32Array): Uint8Array => Uint8Array.from(values, toByte);

/** Puts frames together; those of the references that are there scroll by the weight. */
function frameComposer(
  { size, data }: SquareImages,
  showsReferences: boolean,
): (translated: Uint8Array, references: readonly (Float32Array | undefined)[], weight: number) => Pixels {
  const count = data.length / (size * size * 3);
  const { height, width } = frameSize(size, count, showsReferences);
  const left = width - count * size;
  const imageBytes = size * size * 3;
  const sources = toBytes(data);
  const bytes = new WeakMap<Float32Array, Uint8Array>();
  const bytesOf = (picture: Float32Array): Uint8Array => {
    const known = bytes.get(picture) ?? toBytes(picture);
    bytes.set(picture, known);
    return known;
  };
  return (translated, references, weight) => {
    const frame = new Uint8Array(height * width * 3);
    const put = (image: Uint8Array, top: number, column: number): void => {
      for (let y = Math.max(0, -top); y < size && top + y < height; y++)
        frame.set(image.subarray(y * size * 3, (y + 1) * size * 3), ((top + y) * width + column) * 3);
    };
    for (let i = 0; i < count; i++) {
      put(sources.subarray(i * imageBytes, (i + 1) * imageBytes), 0, left + i * size);
      put(translated.subarray(i * imageBytes, (i + 1) * imageBytes), size, left + i * size);
    }
    if (showsReferences) {
      const top = Math.trunc(size * (1 - weight));
      for (const [i, picture] of references.entries()) if (picture !== undefined) put(bytesOf(picture), top + (i - 1) * size, 0);
    }
    return { height, width, data: frame };
  };
}
