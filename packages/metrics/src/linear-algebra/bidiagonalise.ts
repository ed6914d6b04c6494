/** An upper bidiagonal matrix: `diagonal` [n], and `above` [n] whose element i stands over diagonal i (element 0 is 0). */
export interface Bidiagonal {
  readonly diagonal: Float64Array;
  readonly above: Float64Array;
}

/**
 * Householder reduction of a matrix to a bidiagonal one with the same singular values (Golub and Kahan, 1965).
 *
 * The update by one pair of reflections and the product that the next one needs are made in the same pass over the
 * matrix (Howell et al., *Cache efficient bidiagonalization using BLAS 2.5 operators*, 2008), which memory bounds.
 *
 * @param matrix `[rows, columns]`, row-major, rows ≥ columns, of values around 1; it is overwritten
 */
export function bidiagonalise(matrix: Float64Array, rows: number, columns: number): Bidiagonal {
  const diagonal = new Float64Array(columns);
  const above = new Float64Array(columns);
  // Pending update: matrix − left · alongᵀ − across · rightᵀ. `left` and `across` are columns, the others rows.
  let left = new Float64Array(rows);
  let nextLeft = new Float64Array(rows);
  const across = new Float64Array(rows);
  let along = new Float64Array(columns);
  let nextAlong = new Float64Array(columns);
  const right = new Float64Array(columns);

  for (let j = 0; j < columns; j++) {
    for (let i = j; i < rows; i++) {
      nextLeft[i] = matrix[i * columns + j]! - left[i]! * along[j]! - across[i]! * right[j]!;
    }
    const column = reflector(nextLeft, j, rows);
    diagonal[j] = column.value;
    if (j + 1 === columns) break;

    nextAlong.fill(0, j + 1);
    updateAndMultiply(matrix, columns, j, rows, left, along, across, right, nextLeft, nextAlong);
    for (let k = j + 1; k < columns; k++) nextAlong[k]! *= column.factor;
    for (let k = j + 1; k < columns; k++) right[k] = matrix[j * columns + k]! - nextLeft[j]! * nextAlong[k]!;
    const row = reflector(right, j + 1, columns);
    above[j + 1] = row.value;

    let overlap = 0;
    for (let k = j + 1; k < columns; k++) overlap += nextAlong[k]! * right[k]!;
    multiply(matrix, columns, j, rows, right, across);
    for (let i = j + 1; i < rows; i++) across[i] = row.factor * (across[i]! - nextLeft[i]! * overlap);

    [left, nextLeft] = [nextLeft, left];
    [along, nextAlong] = [nextAlong, along];
  }
  return { diagonal, above };
}

/**
 * The reflection I − factor · v vᵀ that takes a vector to (value, 0, 0, …); v replaces the vector's elements from
 * `start` to `end`.
 */
function reflector(vector: Float64Array, start: number, end: number): { value: number; factor: number } {
  let rest = 0;
  for (let i = start + 1; i < end; i++) rest += vector[i]! * vector[i]!;
  const first = vector[start]!;
  if (rest === 0) {
    vector[start] = 1;
    return { value: first, factor: 0 };
  }
  const norm = Math.sqrt(first * first + rest);
  const value = first > 0 ? -norm : norm; // of the sign that avoids cancellation in first − value
  const scale = 1 / (first - value);
  for (let i = start + 1; i < end; i++) vector[i]! *= scale;
  vector[start] = 1;
  return { value, factor: (value - first) / value };
}

/** Updates rows `j` … and columns `j` + 1 …, and adds their product with `nextLeft` to `nextAlong`; two rows at a time. */
function updateAndMultiply(
  matrix: Float64Array,
  columns: number,
  j: number,
  rows: number,
  left: Float64Array,
  along: Float64Array,
  across: Float64Array,
  right: Float64Array,
  nextLeft: Float64Array,
  nextAlong: Float64Array,
): void {
  let i = j;
  if ((rows - j) % 2 === 1) {
    const l = left[i]!,
      c = across[i]!,
      m = nextLeft[i]!;
    for (let k = j + 1, at = i * columns + k; k < columns; k++, at++) {
      const value = matrix[at]! - l * along[k]! - c * right[k]!;
      matrix[at] = value;
      nextAlong[k]! += m * value;
    }
    i++;
  }
  for (; i < rows; i += 2) {
    const l0 = left[i]!,
      c0 = across[i]!,
      m0 = nextLeft[i]!;
    const l1 = left[i + 1]!,
      c1 = across[i + 1]!,
      m1 = nextLeft[i + 1]!;
    for (let k = j + 1, at = i * columns + k, below = at + columns; k < columns; k++, at++, below++) {
      const a = along[k]!,
        r = right[k]!;
      const value0 = matrix[at]! - l0 * a - c0 * r;
      const value1 = matrix[below]! - l1 * a - c1 * r;
      matrix[at] = value0;
      matrix[below] = value1;
      nextAlong[k]! += m0 * value0 + m1 * value1;
    }
  }
}

/** `product[i]` = row i · `right` over columns `j` + 1 …, for rows `j` + 1 …; four rows at a time. */
function multiply(matrix: Float64Array, columns: number, j: number, rows: number, right: Float64Array, product: Float64Array): void {
  let i = j + 1;
  for (; i + 4 <= rows; i += 4) {
    let a = i * columns + j + 1,
      b = a + columns,
      c = b + columns,
      d = c + columns;
    let sa = 0,
      sb = 0,
      sc = 0,
      sd = 0;
    for (let k = j + 1; k < columns; k++) {
      const value = right[k]!;
      sa += value * matrix[a++]!;
      sb += value * matrix[b++]!;
      sc += value * matrix[c++]!;
      sd += value * matrix[d++]!;
    }
    product[i] = sa;
    product[i + 1] = sb;
    product[i + 2] = sc;
    product[i + 3] = sd;
  }
  for (; i < rows; i++) {
    let sum = 0;
    for (let k = j + 1; k < columns; k++) sum += matrix[i * columns + k]! * right[k]!;
    product[i] = sum;
  }
}
