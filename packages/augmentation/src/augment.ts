import { floor, mul, reshape, slice, step, sub, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { RandomStream } from '@stargan/random';
import { adjustBrightness, adjustContrast, adjustSaturation } from './color.js';
import { cutOut, cutoutSize } from './cutout.js';
import { requireImages } from './require-images.js';
import { shiftPixels } from './translation.js';

/** What may be done to images. `color` is brightness, saturation and contrast. */
export type AugmentationOperation = 'color' | 'cutout' | 'translation';

/** Names of the operations, in the order in which they are done. */
export const AUGMENTATION_OPERATIONS: readonly AugmentationOperation[] = ['color', 'translation', 'cutout'];

/** What each of an image's random numbers is for. */
const USES = [
  'brightness',
  'saturation',
  'contrast',
  'rows',
  'columns',
  'top',
  'left',
  'isBrightness',
  'isSaturation',
  'isContrast',
  'isTranslation',
  'isCutout',
] as const;

/** Random numbers that {@link augment} takes for one image. */
export const UNIFORMS_PER_IMAGE = USES.length;

/**
 * Random numbers for {@link augment}, uniform in [0, 1): a function of what the stream was made of, as seed and iteration.
 *
 * @param images number of images, ≥ 0
 * @param stream what is drawn from; it has moved on afterwards
 * @returns `[images, UNIFORMS_PER_IMAGE]`, flat
 */
export function augmentationUniforms(images: number, stream: RandomStream): Float32Array {
  // 24 bits, which float32 holds: no number is rounded up to 1.
  return Float32Array.from({ length: images * UNIFORMS_PER_IMAGE }, () => stream.integer(2 ** 24) / 2 ** 24);
}

/** Options of {@link augment}. */
export interface AugmentOptions {
  /** What is done, default all of {@link AUGMENTATION_OPERATIONS}; the order does not matter. */
  readonly operations?: readonly AugmentationOperation[] | undefined;
  /**
   * How likely each operation is to be done to an image, in [0, 1], default 1 (DiffAugment): a number, or a scalar that changes while
   * training, as that of `adaptiveProbability`. Brightness, saturation and contrast are drawn one by one.
   */
  readonly probability?: Scalar | number | undefined;
}

/** Pixels that an image of this height or width moves at most: an eighth of it, rounded. */
const largestShift = (length: number): number => Math.floor(length / 8 + 0.5);

/**
 * Augments images as DiffAugment does (Zhao et al. 2020, arXiv 2006.10738), right to second order: brightness by ±½, saturation by a
 * factor from 0 to 2, contrast by one from ½ to 1½; a move of up to an eighth of height and width, with zeros coming in; a hole of half
 * the height and width. Give the discriminator nothing else, real or generated, in its update and in the generator's: what it never
 * sees unaugmented cannot leak into what is generated.
 *
 * The random numbers are an input, and nothing is read back: one captured graph serves every draw. With probability 0 the result has
 * the bits of `image`.
 *
 * @param image float32 `[batch, height, width, channels]`, values about [−1, 1]
 * @param uniforms float32 `[batch, UNIFORMS_PER_IMAGE]` in [0, 1), as of {@link augmentationUniforms}; constants
 * @returns the shape of `image`, which the caller owns; values are not clipped
 * @throws when the shapes do not fit, an operation has no such name, or `probability` is no number of [0, 1]
 */
export function augment(
  image: Tensor,
  uniforms: Tensor,
  { operations = AUGMENTATION_OPERATIONS, probability = 1 }: AugmentOptions = {},
): Tensor4D {
  requireImages('augment', image);
  const [batch, height, width] = image.shape;
  if (uniforms.dtype !== 'float32' || uniforms.rank !== 2 || uniforms.shape[0] !== batch || uniforms.shape[1] !== UNIFORMS_PER_IMAGE) {
    throw new Error(
      `augment: uniforms must be float32 [${batch}, ${UNIFORMS_PER_IMAGE}], got ${uniforms.dtype} [${uniforms.shape.join(', ')}]`,
    );
  }
  for (const operation of operations) {
    if (!AUGMENTATION_OPERATIONS.includes(operation))
      throw new Error(`augment: operations must be of ${AUGMENTATION_OPERATIONS.join(', ')}, got ${JSON.stringify(operation)}`);
  }
  if (typeof probability === 'number' && !(probability >= 0 && probability <= 1))
    throw new Error(`augment: probability must be a number from 0 to 1, got ${probability}`);
  return tidy(() => {
    const drawn = (use: (typeof USES)[number]): Tensor => reshape(slice(uniforms, [0, USES.indexOf(use)], [batch, 1]), [batch]);
    /** Whether an operation is done, 1 or 0: u < p. */
    const gate = (use: (typeof USES)[number]): Tensor => step(sub(probability, drawn(use)));
    /** A whole number from −most to most, or 0 where there is none. */
    const shift = (use: 'columns' | 'rows', most: number): Tensor =>
      mul(sub(floor(mul(drawn(use), 2 * most + 1)), most), gate('isTranslation'));
    /** Where a hole begins: its middle is anywhere in the image. */
    const start = (use: 'left' | 'top', length: number): Tensor => {
      const size = cutoutSize(length);
      return sub(floor(mul(drawn(use), length + 1 - (size % 2))), Math.floor(size / 2));
    };
    let result: Tensor4D = image.clone();
    if (operations.includes('color')) {
      result = adjustBrightness(result, mul(sub(drawn('brightness'), 0.5), gate('isBrightness')));
      result = adjustSaturation(result, mul(sub(mul(drawn('saturation'), 2), 1), gate('isSaturation')));
      result = adjustContrast(result, mul(sub(drawn('contrast'), 0.5), gate('isContrast')));
    }
    if (operations.includes('translation'))
      result = shiftPixels(result, shift('rows', largestShift(height)), shift('columns', largestShift(width)));
    if (operations.includes('cutout')) result = cutOut(result, start('top', height), start('left', width), gate('isCutout'));
    return result;
  });
}
