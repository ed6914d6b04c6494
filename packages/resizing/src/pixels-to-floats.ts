import type { RgbImage } from './image.js';

/** (level / 255 − 0.5) / 0.5 with every step rounded to float32, as the reference computes it. */
const floats = Float32Array.from({ length: 256 }, (_, level) => Math.fround(Math.fround(level / 255) - 0.5) / 0.5);

/** Options of {@link pixelsToFloats}. */
export interface PixelsToFloatsOptions {
  /** Mirror left and right. Default false. */
  flip?: boolean | undefined;
  /** Array to write into. Default: a new one. */
  target?: Float32Array | undefined;
  /** Where in `target` the image begins. Default 0. */
  offset?: number | undefined;
}

/**
 * The values a network sees: 0 … 255 becomes −1 … 1.
 *
 * @param image [height, width, 3]
 * @returns `target`, holding [height, width, 3] from `offset`
 * @throws RangeError when the image does not fit into `target`
 */
export function pixelsToFloats(image: RgbImage, options: PixelsToFloatsOptions = {}): Float32Array {
  const { width, height, data } = image;
  const { flip = false, target = new Float32Array(data.length), offset = 0 } = options;
  if (offset < 0 || offset + data.length > target.length) {
    throw new RangeError(`pixelsToFloats: target must have room for ${data.length} values from ${offset}, got length ${target.length}`);
  }
  const step = flip ? -3 : 3;
  let to = offset;
  for (let y = 0; y < height; y++) {
    let from = (y * width + (flip ? width - 1 : 0)) * 3;
    for (let x = 0; x < width; x++, from += step) {
      target[to++] = floats[data[from]!]!;
      target[to++] = floats[data[from + 1]!]!;
      target[to++] = floats[data[from + 2]!]!;
    }
  }
  return target;
}
