import { ndArray, offset4, sizes4, type NdArray } from '../nd-array.js';
import { conv2d } from './convolution.js';

/** [batch, height, width, channels] filled pixel by pixel from `value(image, row, column, channel)`. */
function fill(shape: readonly number[], value: (n: number, row: number, column: number, p: number) => number): NdArray {
  const y = ndArray(shape);
  const [batch, height, width, channels] = sizes4(y);
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let p = 0; p < channels; p++) y.data[offset4(shape, n, row, column, p)] = value(n, row, column, p);
      }
    }
  }
  return y;
}

/** Mean of each 2×2 block. */
export function averagePool2x2(x: NdArray): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  return fill([batch, height / 2, width / 2, channels], (n, row, column, p) => {
    let total = 0;
    for (const i of [0, 1]) for (const j of [0, 1]) total += x.data[offset4(x.shape, n, 2 * row + i, 2 * column + j, p)]!;
    return total / 4;
  });
}

/** Each pixel repeated in a 2×2 block. */
export function upsampleNearest2x(x: NdArray): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  return fill(
    [batch, 2 * height, 2 * width, channels],
    (n, row, column, p) => x.data[offset4(x.shape, n, Math.floor(row / 2), Math.floor(column / 2), p)]!,
  );
}

/** The textbook composition that the fused convolution replaces. */
export function conv2dThenAveragePool(x: NdArray, filter: NdArray): NdArray {
  return averagePool2x2(conv2d(x, filter));
}

/** The textbook composition that the fused convolution replaces. */
export function upsampleThenConv2d(x: NdArray, filter: NdArray): NdArray {
  return conv2d(upsampleNearest2x(x), filter);
}

/** Pixel centres at i + ½, borders clamped. */
export function interpolateBilinear(x: NdArray, [newHeight, newWidth]: readonly [number, number]): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  const locate = (i: number, from: number, to: number): { low: number; high: number; fraction: number } => {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), fraction: position - low };
  };
  return fill([batch, newHeight, newWidth, channels], (n, i, j, p) => {
    const row = locate(i, height, newHeight);
    const column = locate(j, width, newWidth);
    const at = (r: number, c: number): number => x.data[offset4(x.shape, n, r, c, p)]!;
    const above = at(row.low, column.low) * (1 - column.fraction) + at(row.low, column.high) * column.fraction;
    const below = at(row.high, column.low) * (1 - column.fraction) + at(row.high, column.high) * column.fraction;
    return above * (1 - row.fraction) + below * row.fraction;
  });
}
