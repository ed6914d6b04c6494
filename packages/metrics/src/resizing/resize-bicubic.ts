import { columnsFirst, resamplingWeights, type RgbImage } from '@stargan/resizing';

/** An image of floating-point levels, `data` [height, width, 3]. */
export interface FloatImage {
  /** Columns. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** [height, width, 3]: levels, nominally in 0 … 255. */
  readonly data: Float32Array;
}

/**
 * Resizes with an antialiased cubic filter, channel by channel and bit for bit as Pillow's `Image.resize(…, BICUBIC)`
 * on images of mode F: sums in double precision, each pass rounded to float32, nothing rounded to whole levels.
 *
 * @param image [height, width, 3] of 8-bit or floating-point levels
 * @param width of the result, ≥ 1
 * @param height of the result, ≥ 1
 * @returns levels that may go a little below the lowest and above the highest of `image`
 * @throws RangeError when a size is no whole number ≥ 1
 */
export function resizeBicubic(image: RgbImage | FloatImage, width: number, height: number): FloatImage {
  for (const [name, size] of Object.entries({ width, height })) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`resizeBicubic: ${name} must be a whole number ≥ 1, got ${size}`);
  }
  return columnsFirst(image, { width, height })
    ? resizeRows(resizeColumns(image, height), width)
    : resizeColumns(resizeRows(image, width), height);
}

/** The horizontal pass. @returns image of `width` × `image.height` */
function resizeRows(image: RgbImage | FloatImage, width: number): FloatImage {
  const { data, height } = image;
  const result = new Float32Array(height * width * 3);
  const weights = resamplingWeights('bicubic', image.width, width);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let from = (y * image.width + weights.starts[x]!) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      const first = x * weights.width;
      const end = first + weights.counts[x]!;
      for (let k = first; k < end; k++, from += 3) {
        const weight = weights.values[k]!;
        red += weight * data[from]!;
        green += weight * data[from + 1]!;
        blue += weight * data[from + 2]!;
      }
      result[to++] = red;
      result[to++] = green;
      result[to++] = blue;
    }
  }
  return { width, height, data: result };
}

/** The vertical pass. @returns image of `image.width` × `height` */
function resizeColumns(image: RgbImage | FloatImage, height: number): FloatImage {
  const { data, width } = image;
  const length = width * 3;
  const result = new Float32Array(height * length);
  const weights = resamplingWeights('bicubic', image.height, height);
  const sums = new Float64Array(length);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < weights.counts[y]!; k++) {
      const weight = weights.values[y * weights.width + k]!;
      const row = (weights.starts[y]! + k) * length;
      for (let i = 0; i < length; i++) sums[i]! += weight * data[row + i]!;
    }
    result.set(sums, y * length);
  }
  return { width, height, data: result };
}
