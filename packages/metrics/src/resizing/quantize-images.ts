import { describeValue } from '../describe-value.js';
import type { RgbImage } from '@stargan/resizing';

const { fround } = Math;

/**
 * Generated images as the pixels that a PNG file of them would hold: metrics of images in memory and of saved ones are
 * then the same. Rounds like the reference's `save_image`: (x + 1) / 2, clamped, then ⌊255 x + ½⌋, in float32.
 *
 * @param values [images, height, width, 3] in [-1, 1]; values beyond are clamped, NaN becomes 0
 * @param height of each image in pixels
 * @param width of each image in pixels
 * @throws RangeError when the values do not make up whole images, or a size is none; TypeError for other values
 */
export function quantizeImages(values: Float32Array, height: number, width: number): RgbImage[] {
  for (const [name, side] of Object.entries({ height, width })) {
    if (!Number.isInteger(side) || side < 1) throw new RangeError(`quantizeImages: ${name} must be a whole number ≥ 1, got ${side}`);
  }
  if (!(values instanceof Float32Array)) throw new TypeError(`quantizeImages: values must be a Float32Array, got ${describeValue(values)}`);
  const size = height * width * 3;
  const count = values.length / size;
  if (!Number.isInteger(count))
    throw new RangeError(`quantizeImages: values must make up whole ${height}×${width} RGB images, got ${values.length} values`);
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    data: Uint8Array.from(values.subarray(i * size, (i + 1) * size), toLevel),
  }));
}

function toLevel(value: number): number {
  const unit = Math.min(Math.max(fround(value + 1) / 2, 0), 1);
  return Math.trunc(fround(fround(unit * 255) + 0.5));
}
