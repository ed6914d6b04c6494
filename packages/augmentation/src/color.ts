import { add, mean, mul, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { perImage, requireImages } from './require-images.js';

// The colour operations of DiffAugment (Zhao et al. 2020, arXiv 2006.10738), each x + amount · direction, so that an amount of 0 leaves
// the very bits of x. All are linear in x but for the constant of the brightness.

/**
 * Adds a number to all values of an image.
 *
 * @param image float32 `[batch, height, width, channels]`
 * @param amount float32 `[batch]`, in the units of the image; constants
 * @returns the shape of `image`; values are not clipped
 * @throws when the shapes do not fit
 */
export function adjustBrightness(image: Tensor, amount: Tensor): Tensor4D {
  requireImages('adjustBrightness', image);
  return tidy(() => add<Tensor4D>(image, perImage('adjustBrightness', 'amount', amount, image)));
}

/**
 * Moves every pixel from its grey, the mean of its channels, or towards it.
 *
 * @param image float32 `[batch, height, width, channels]`
 * @param gain float32 `[batch]`: −1 gives grey, 0 the image, 1 twice its colours; constants
 * @returns the shape of `image`; values are not clipped
 * @throws when the shapes do not fit
 */
export function adjustSaturation(image: Tensor, gain: Tensor): Tensor4D {
  requireImages('adjustSaturation', image);
  return tidy(() => spread(image, mean(image, 3, true), perImage('adjustSaturation', 'gain', gain, image)));
}

/**
 * Moves every value from the mean of its image, over pixels and channels, or towards it.
 *
 * @param image float32 `[batch, height, width, channels]`
 * @param gain float32 `[batch]`: −1 gives an even image, 0 the image, 1 twice its contrast; constants
 * @returns the shape of `image`; values are not clipped
 * @throws when the shapes do not fit
 */
export function adjustContrast(image: Tensor, gain: Tensor): Tensor4D {
  requireImages('adjustContrast', image);
  return tidy(() => spread(image, mean(image, [1, 2, 3], true), perImage('adjustContrast', 'gain', gain, image)));
}

/** x + gain · (x − centre). */
function spread(image: Tensor4D, centre: Tensor, gain: Tensor4D): Tensor4D {
  return add(image, mul(sub(image, centre), gain));
}
