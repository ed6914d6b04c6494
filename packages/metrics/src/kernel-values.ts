import { dotProducts } from './dot-products.js';
import type { FeatureRows } from './features.js';

/** Samples of one of two sets, ready for products with those of both. */
export interface KernelPoints {
  readonly count: number;
  /** In float64, or in float32 about an origin common to both sets and scaled to at most 1. */
  readonly rows: FeatureRows;
  /** What products of `rows` are to be multiplied by. */
  readonly scale: number;
  /** Product of the origin and each sample, less half the origin's square: what two samples add to theirs. `[count]` */
  readonly along: Float64Array;
}

/** Values of the kernel for some samples of one set and all of another. */
export interface KernelBlock {
  readonly start: number;
  readonly rows: number;
  /** `[rows, columns]`, row-major */
  readonly values: Float64Array;
}

/** Two sets ready for products. In float32 they are taken about their middle, where products lose least. */
export function kernelPoints(first: FeatureRows, second: FeatureRows): readonly [KernelPoints, KernelPoints] {
  if (first.data instanceof Float32Array && second.data instanceof Float32Array) {
    const origin = middle(first, second);
    const scale = 2 ** Math.ceil(Math.log2(Math.max(reach(first, origin), reach(second, origin)) || 1));
    return [centred(first, origin, scale), centred(second, origin, scale)];
  }
  const asTheyAre = (rows: FeatureRows): KernelPoints => ({
    count: rows.shape[0],
    rows: { ...rows, data: Float64Array.from(rows.data) },
    scale: 1,
    along: new Float64Array(rows.shape[0]),
  });
  return [asTheyAre(first), asTheyAre(second)];
}

function middle(first: FeatureRows, second: FeatureRows): Float64Array {
  const [, dimension] = first.shape;
  const origin = new Float64Array(dimension);
  for (const { data, shape } of [first, second]) {
    for (let i = 0, at = 0; i < shape[0]; i++) for (let k = 0; k < dimension; k++, at++) origin[k]! += data[at]! / (2 * shape[0]);
  }
  return origin;
}

/** The largest difference of a value from the origin's. */
function reach({ data, shape: [n, dimension] }: FeatureRows, origin: Float64Array): number {
  let largest = 0;
  for (let i = 0, at = 0; i < n; i++)
    for (let k = 0; k < dimension; k++, at++) largest = Math.max(largest, Math.abs(data[at]! - origin[k]!));
  return largest;
}

function centred({ data, shape }: FeatureRows, origin: Float64Array, scale: number): KernelPoints {
  const [n, dimension] = shape;
  const rows = new Float32Array(n * dimension);
  const along = new Float64Array(n);
  const half = origin.reduce((sum, value) => sum + value * value, 0) / 2;
  for (let i = 0, at = 0; i < n; i++) {
    let product = 0;
    for (let k = 0; k < dimension; k++, at++) {
      rows[at] = (data[at]! - origin[k]!) / scale;
      product += data[at]! * origin[k]!;
    }
    along[i] = product - half;
  }
  return { count: n, rows: { data: rows, shape }, scale: scale * scale, along };
}

/** Some of the samples, in the order of their positions. */
export function selectPoints({ rows: { data, shape }, scale, along }: KernelPoints, positions: Uint32Array): KernelPoints {
  const [, dimension] = shape;
  const chosen =
    data instanceof Float32Array ? new Float32Array(positions.length * dimension) : new Float64Array(positions.length * dimension);
  for (const [i, sample] of positions.entries()) chosen.set(data.subarray(sample * dimension, (sample + 1) * dimension), i * dimension);
  return {
    count: positions.length,
    rows: { data: chosen, shape: [positions.length, dimension] },
    scale,
    along: Float64Array.from(positions, (sample) => along[sample]!),
  };
}

/** (x · y / dimension + 1)³ for every pair, some rows at a time. */
export async function* kernelValues(left: KernelPoints, right: KernelPoints): AsyncGenerator<KernelBlock> {
  const [columns, dimension] = right.rows.shape;
  for await (const { start, rows, stride, products } of dotProducts(left.rows, right.rows)) {
    const values = new Float64Array(rows * columns);
    for (let i = 0, to = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, to++) {
        const base = (products[i * stride + j]! * left.scale + left.along[start + i]! + right.along[j]!) / dimension + 1;
        values[to] = base * base * base;
      }
    }
    yield { start, rows, values };
  }
}
