import { ndArray, offset4, sizes4, type NdArray } from '../nd-array.js';

/** Zeros that `same` padding puts before the first pixel, TensorFlow's way: the odd one goes to the end. */
function paddingBefore(size: number, outSize: number, taps: number, stride: number): number {
  return Math.floor(Math.max((outSize - 1) * stride + taps - size, 0) / 2);
}

/** Straight from the definition: every output pixel is a sum over the filter's taps. */
export function conv2d(
  x: NdArray,
  filter: NdArray,
  { stride = 1, padding = 'same' }: { stride?: number; padding?: 'same' | 'valid' } = {},
): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  const [tapRows, tapColumns, , outChannels] = sizes4(filter);
  const same = padding === 'same';
  const outHeight = same ? Math.ceil(height / stride) : Math.floor((height - tapRows) / stride) + 1;
  const outWidth = same ? Math.ceil(width / stride) : Math.floor((width - tapColumns) / stride) + 1;
  const top = same ? paddingBefore(height, outHeight, tapRows, stride) : 0;
  const left = same ? paddingBefore(width, outWidth, tapColumns, stride) : 0;
  const y = ndArray([batch, outHeight, outWidth, outChannels]);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        for (let r = 0; r < tapRows; r++) {
          const row = i * stride + r - top;
          if (row < 0 || row >= height) continue;
          for (let c = 0; c < tapColumns; c++) {
            const column = j * stride + c - left;
            if (column < 0 || column >= width) continue;
            for (let p = 0; p < channels; p++) {
              const value = x.data[offset4(x.shape, n, row, column, p)]!;
              for (let q = 0; q < outChannels; q++) {
                y.data[offset4(y.shape, n, i, j, q)]! += value * filter.data[offset4(filter.shape, r, c, p, q)]!;
              }
            }
          }
        }
      }
    }
  }
  return y;
}

/** Straight from the definition: every input pixel is spread over the output by the filter's taps. */
export function conv2dTranspose(x: NdArray, filter: NdArray, { stride = 2 }: { stride?: number } = {}): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  const [tapRows, tapColumns, outChannels] = sizes4(filter);
  const y = ndArray([batch, height * stride, width * stride, outChannels]);
  const top = paddingBefore(height * stride, height, tapRows, stride);
  const left = paddingBefore(width * stride, width, tapColumns, stride);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        for (let r = 0; r < tapRows; r++) {
          const row = i * stride + r - top;
          if (row < 0 || row >= height * stride) continue;
          for (let c = 0; c < tapColumns; c++) {
            const column = j * stride + c - left;
            if (column < 0 || column >= width * stride) continue;
            for (let p = 0; p < channels; p++) {
              const value = x.data[offset4(x.shape, n, i, j, p)]!;
              for (let q = 0; q < outChannels; q++) {
                y.data[offset4(y.shape, n, row, column, q)]! += value * filter.data[offset4(filter.shape, r, c, q, p)]!;
              }
            }
          }
        }
      }
    }
  }
  return y;
}

/** 3×3 depthwise filter that takes the eight neighbours (zero outside) from eight times the pixel. */
export function highPass(x: NdArray, weight: number): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  const y = ndArray(x.shape);
  const at = (n: number, row: number, column: number, p: number): number =>
    row < 0 || row >= height || column < 0 || column >= width ? 0 : x.data[offset4(x.shape, n, row, column, p)]!;
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let p = 0; p < channels; p++) {
          let total = 9 * at(n, row, column, p);
          for (const i of [-1, 0, 1]) for (const j of [-1, 0, 1]) total -= at(n, row + i, column + j, p);
          y.data[offset4(y.shape, n, row, column, p)] = total / weight;
        }
      }
    }
  }
  return y;
}
