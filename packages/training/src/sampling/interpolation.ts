/** Frames that the last style is held at the end of an interpolation. */
const HELD_FRAMES = 10;

/**
 * Weights of the second style over the frames of a style interpolation: 0, then the logistic function from −5
 * to 4.5 in steps of ½, then 1 held for ten frames; 31 numbers.
 */
export function easedWeights(): number[] {
  const eased = Array.from({ length: 20 }, (_, i) => 1 / (1 + Math.exp(5 - i / 2)));
  return [0, ...eased, ...Array.from({ length: HELD_FRAMES }, () => 1)];
}

/**
 * Linear interpolation from `a` (weight 0) to `b` (weight 1), value by value.
 *
 * @param a stays as it is
 * @param b as long as `a`
 * @param weight usually in [0, 1]; beyond, it extrapolates
 */
export function interpolate(a: Float32Array, b: Float32Array, weight: number): Float32Array {
  return a.map((value, i) => value + weight * (b[i]! - value));
}

/** An image as floats, [height, width, 3] in [-1, 1]. */
export interface FloatPixels {
  /** Rows of pixels. */
  readonly height: number;
  /** Columns of pixels. */
  readonly width: number;
  /** Red, green and blue of each pixel, row by row; [height, width, 3] in [-1, 1]. */
  readonly data: Float32Array;
}

/**
 * The column of a reference video: the next reference slides in from below and pushes the previous one out.
 * One frame per weight of {@link easedWeights}, each [2 · height, width + margin, 3]; empty space is −1.
 *
 * @param previous reference that stands at the bottom in the first frame
 * @param next same size
 * @param margin empty columns at the right, in pixels
 */
export function slidingColumn(previous: FloatPixels, next: FloatPixels, margin: number): FloatPixels[] {
  const { height, width } = previous;
  const rowValues = width * 3;
  const merged = new Float32Array(2 * height * rowValues);
  merged.set(previous.data, 0);
  merged.set(next.data, height * rowValues);
  const outWidth = width + margin;
  return easedWeights().map((weight) => {
    const data = new Float32Array(2 * height * outWidth * 3).fill(-1);
    const top = Math.trunc(height * (1 - weight));
    for (let row = top; row < 2 * height; row++) {
      const from = (row - top) * rowValues;
      data.set(merged.subarray(from, from + rowValues), row * outWidth * 3);
    }
    return { height: 2 * height, width: outWidth, data };
  });
}
