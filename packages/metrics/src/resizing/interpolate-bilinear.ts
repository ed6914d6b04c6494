import type { RgbImage } from '@stargan/resizing';

/** Where a row or column of the result lies between two of the source: at `first + second share`. */
export interface LinearPositions {
  /** The one before, `[size]` */
  readonly first: Int32Array;
  /** The one after, the last again at the end, `[size]` */
  readonly second: Int32Array;
  /** What the first weighs, `[size]` */
  readonly firstWeight: Float32Array;
  /** What the second weighs, `[size]` */
  readonly secondWeight: Float32Array;
}

const { fround } = Math;

/**
 * Positions of PyTorch's `interpolate(…, 'bilinear', align_corners=False)`, in its float32 arithmetic: the product of scale
 * and position is subtracted from without being rounded in between, as its kernels for AVX2 and AVX-512 do.
 *
 * @param from size of the source, ≥ 1
 * @param to size of the result, ≥ 1
 */
export function linearPositions(from: number, to: number): LinearPositions {
  const scale = fround(from / to);
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const firstWeight = new Float32Array(to);
  const secondWeight = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, fround(scale * (i + 0.5) - 0.5));
    first[i] = Math.min(Math.floor(position), from - 1);
    second[i] = Math.min(first[i]! + 1, from - 1);
    secondWeight[i] = Math.min(1, fround(position - first[i]!));
    firstWeight[i] = 1 - secondWeight[i]!;
  }
  return { first, second, firstWeight, secondWeight };
}

/**
 * Resizes without antialiasing, as PyTorch interpolates levels divided by 255, bit for bit as its kernels for AVX2 and
 * AVX-512 do: of each pair of products the second is rounded, the first is not.
 *
 * @param image 8-bit levels
 * @param target [height, width, 3], in [0, 1]
 */
export function interpolateBilinear({ width, height, data }: RgbImage, toWidth: number, toHeight: number, target: Float32Array): void {
  const units = Float32Array.from({ length: 256 }, (_, level) => level / 255);
  const columns = linearPositions(width, toWidth);
  const rows = linearPositions(height, toHeight);
  const across = (row: number, x: number, channel: number): number => {
    const left = units[data[(row * width + columns.first[x]!) * 3 + channel]!]!;
    const right = units[data[(row * width + columns.second[x]!) * 3 + channel]!]!;
    return blend(left, columns.firstWeight[x]!, right, columns.secondWeight[x]!);
  };
  let to = 0;
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const upper = across(rows.first[y]!, x, channel);
        const lower = across(rows.second[y]!, x, channel);
        target[to++] = blend(upper, rows.firstWeight[y]!, lower, rows.secondWeight[y]!);
      }
    }
  }
}

/** A fused multiply-add on a rounded product. */
const blend = (a: number, aWeight: number, b: number, bWeight: number): number => fround(aWeight * a + fround(bWeight * b));
