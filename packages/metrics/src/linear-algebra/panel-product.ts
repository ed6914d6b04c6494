/** Columns per panel: 3 × 3 sums are as many as V8 keeps in registers beside the six factors (measured: 4 × 4 is slower). */
const WIDTH = 3;

/** Columns `[rows, columns]` of a matrix in strips of three, each row by row, so that products read them in order. */
export interface Panels {
  readonly rows: number;
  /** A multiple of three; the columns beyond the matrix are zero. */
  readonly columns: number;
  readonly data: Float64Array;
}

/** The least multiple of the panel width that holds `columns`. */
export const paddedColumns = (columns: number): number => Math.ceil(columns / WIDTH) * WIDTH;

/**
 * Packs the first `columns` values of some rows.
 *
 * @param offsetOf where row 0 … `rows` − 1 starts in `data`
 */
export function packPanels(data: Float64Array, rows: number, columns: number, offsetOf: (row: number) => number): Panels {
  const padded = paddedColumns(columns);
  const packed = new Float64Array(rows * padded);
  for (let row = 0; row < rows; row++) {
    const start = offsetOf(row);
    for (let column = 0; column < columns; column++) {
      const within = column % WIDTH;
      packed[(column - within) * rows + row * WIDTH + within] = data[start + column]!;
    }
  }
  return { rows, columns: padded, data: packed };
}

/**
 * Packs samples as columns.
 *
 * @param data `[samples, dimension]`
 * @param start the first of them
 * @param count how many
 */
export function packSamples(data: Float32Array | Float64Array, dimension: number, start: number, count: number): Panels {
  const padded = paddedColumns(count);
  const packed = new Float64Array(dimension * padded);
  for (let sample = 0; sample < count; sample++) {
    const within = sample % WIDTH;
    let to = (sample - within) * dimension + within;
    for (let k = 0, from = (start + sample) * dimension; k < dimension; k++, from++, to += WIDTH) packed[to] = data[from]!;
  }
  return { rows: dimension, columns: padded, data: packed };
}

/**
 * `out += leftᵀ · right` for panels of equally many rows.
 *
 * @param out `[≥ left.columns, stride]`, row-major
 * @param part `'lower'` leaves out the tiles above the diagonal, for a product that is symmetric
 */
export function addTransposedProduct(out: Float64Array, stride: number, left: Panels, right: Panels, part: 'all' | 'lower' = 'all'): void {
  for (let i = 0; i < left.columns; i += WIDTH) {
    const end = part === 'lower' ? i + WIDTH : right.columns;
    for (let j = 0; j < end; j += WIDTH)
      addTile(out, i * stride + j, stride, left.data, i * left.rows, right.data, j * right.rows, left.rows);
  }
}

/** One 3 × 3 tile; written out, since V8 keeps scalars in registers but no array elements. */
function addTile(
  out: Float64Array,
  at: number,
  stride: number,
  left: Float64Array,
  l: number,
  right: Float64Array,
  r: number,
  rows: number,
): void {
  let s00 = 0,
    s01 = 0,
    s02 = 0;
  let s10 = 0,
    s11 = 0,
    s12 = 0;
  let s20 = 0,
    s21 = 0,
    s22 = 0;
  for (let row = 0; row < rows; row++) {
    const l0 = left[l]!,
      l1 = left[l + 1]!,
      l2 = left[l + 2]!;
    const r0 = right[r]!,
      r1 = right[r + 1]!,
      r2 = right[r + 2]!;
    s00 += l0 * r0;
    s01 += l0 * r1;
    s02 += l0 * r2;
    s10 += l1 * r0;
    s11 += l1 * r1;
    s12 += l1 * r2;
    s20 += l2 * r0;
    s21 += l2 * r1;
    s22 += l2 * r2;
    l += WIDTH;
    r += WIDTH;
  }
  out[at]! += s00;
  out[at + 1]! += s01;
  out[at + 2]! += s02;
  at += stride;
  out[at]! += s10;
  out[at + 1]! += s11;
  out[at + 2]! += s12;
  at += stride;
  out[at]! += s20;
  out[at + 1]! += s21;
  out[at + 2]! += s22;
}
