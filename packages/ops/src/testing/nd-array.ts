/** A float64 array with a shape, in row-major order: what the references of this package compute with. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Wraps values, or makes zeros where none are given. */
export function ndArray(shape: readonly number[], data?: ArrayLike<number>): NdArray {
  const count = elements(shape);
  if (data !== undefined && data.length !== count) {
    throw new Error(`ndArray: shape [${shape.join(', ')}] holds ${count} values, got ${data.length}`);
  }
  return { shape, data: data === undefined ? new Float64Array(count) : Float64Array.from(data) };
}

/** Applies a function to every element. */
export function map(x: NdArray, f: (value: number, index: number) => number): NdArray {
  return { shape: x.shape, data: x.data.map(f) };
}

/** ⟨a, b⟩, the sum of the elementwise products. */
export function dot(a: NdArray, b: NdArray): number {
  let total = 0;
  for (let i = 0; i < a.data.length; i++) total += a.data[i]! * b.data[i]!;
  return total;
}

/** The four sizes of an image or a filter. */
export function sizes4(x: NdArray): [number, number, number, number] {
  if (x.shape.length !== 4) throw new Error(`sizes4: x must have rank 4, got shape [${x.shape.join(', ')}]`);
  return x.shape as unknown as [number, number, number, number];
}

/** Position of an element of a rank-4 array. */
export function offset4(shape: readonly number[], a: number, b: number, c: number, d: number): number {
  return ((a * shape[1]! + b) * shape[2]! + c) * shape[3]! + d;
}

/** Uniform numbers in [0, 1), equal for equal seeds (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Values with magnitude in [nearest, farthest] and random sign, rounded to float32 so that tensors hold the same.
 */
export function randomArray(shape: readonly number[], seed: number, { nearest = 0, farthest = 1 } = {}): NdArray {
  const next = uniform(seed);
  const draw = (): number => {
    const magnitude = nearest + (farthest - nearest) * next();
    return Math.fround(next() < 0.5 ? -magnitude : magnitude);
  };
  return ndArray(shape, Float64Array.from({ length: elements(shape) }, draw));
}
