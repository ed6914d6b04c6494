import { dotProducts } from './dot-products.js';
import type { FeatureRows } from './features.js';

/**
 * Bound on the error of a product x · y in float32, as a share of |x||y|: inputs rounded to 11 bits (as TF32 does on
 * NVIDIA GPUs), and one rounding to 24 bits per addition.
 */
const productError = (dimension: number): number => 2 ** -10 + dimension * 2 ** -24;

/** Below this, float32 values may be taken for 0. */
const SMALLEST_NORMAL = 2 ** -126;

/** Largest values that features are left at, whose squares float64 holds with room for sums; and least largest ones. */
const SAFE_EXPONENTS = { largest: 480, smallest: -100 };

/** Squared distances below this have lost digits. */
const SMALLEST_SQUARE = 2 ** -1000;

/** Samples with what it takes to estimate distances between them and others of the same origin. */
interface Points {
  /** The function that was given them, for errors. */
  readonly caller: string;
  /** In a unit in which their squares stay within float64. */
  readonly features: FeatureRows;
  /** The features about an origin near their middle, where float32 products lose least, over `scale`: at most 1. */
  readonly centred: FeatureRows;
  readonly scale: number;
  /** |features about the origin|², `[n]` */
  readonly squaredNorms: Float64Array;
}

/** Estimates of |x − y|² between some samples x of one set and all samples y of another, `[rows, columns]`. */
interface DistanceBlock {
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
  readonly estimate: Float64Array;
  /** How far each estimate may be off. */
  readonly error: Float64Array;
}

/** Distances of samples to their neighbours within the set: the radii of the balls that make up its manifold. */
export interface Manifold {
  readonly points: Points;
  /** Squared distance of each sample to its `neighbors`-th nearest other sample, `[n]` */
  readonly squaredRadii: Float64Array;
}

/** How samples of one set lie in the balls around those of another. */
export interface Containment {
  /** Balls that hold each point, `[points]` */
  readonly ballsAtPoint: Uint32Array;
  /** Points that each ball holds, `[balls]` */
  readonly pointsInBall: Uint32Array;
}

const powerOfTwoAbove = (value: number): number => 2 ** Math.ceil(Math.log2(value || 1));

/** Puts two sets about one origin. @param caller the function that was given them, for errors */
export function centrePoints(caller: string, ...sets: readonly [FeatureRows, FeatureRows]): readonly [Points, Points] {
  let largest = 0;
  for (const { data } of sets) for (const value of data) largest = Math.max(largest, Math.abs(value));
  const [first, second] = [inUnits(sets[0], largest), inUnits(sets[1], largest)];
  const [n, dimension] = first.shape;
  const origin = new Float64Array(dimension);
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0; k < dimension; k++, at++) origin[k]! += first.data[at]! / n;
  }
  const scale = powerOfTwoAbove(Math.max(reach(first, origin), reach(second, origin)));
  return [centre(caller, first, origin, scale), centre(caller, second, origin, scale)];
}

/** Features counted in a power of two, which rounds nothing, where squares of them would leave float64's range. */
function inUnits(features: FeatureRows, largest: number): FeatureRows {
  const exponent = largest === 0 ? 0 : Math.floor(Math.log2(largest));
  if (exponent <= SAFE_EXPONENTS.largest && exponent >= SAFE_EXPONENTS.smallest) return features;
  const factor = 2 ** Math.min(1000, exponent > 0 ? SAFE_EXPONENTS.largest - exponent : -exponent);
  return { data: Float64Array.from(features.data, (value) => value * factor), shape: features.shape };
}

/** The largest difference of a value from the origin's. */
function reach({ data, shape: [n, dimension] }: FeatureRows, origin: Float64Array): number {
  let largest = 0;
  for (let i = 0, at = 0; i < n; i++)
    for (let k = 0; k < dimension; k++, at++) largest = Math.max(largest, Math.abs(data[at]! - origin[k]!));
  return largest;
}

function centre(caller: string, features: FeatureRows, origin: Float64Array, scale: number): Points {
  const [n, dimension] = features.shape;
  const data = new Float32Array(n * dimension);
  const squaredNorms = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0; k < dimension; k++, at++) {
      const value = features.data[at]! - origin[k]!;
      data[at] = value / scale;
      squaredNorms[i]! += value * value;
    }
  }
  return { caller, features, centred: { data, shape: features.shape }, scale, squaredNorms };
}

/** Keeps the `count` smallest of the values offered; `largest` is the last of them, or Infinity while there are fewer. */
function smallest(count: number): { offer(value: number): void; largest(): number } {
  const kept = new Float64Array(count).fill(Infinity);
  return {
    offer(value) {
      let at = count - 1;
      if (!(value < kept[at]!)) return;
      for (; at > 0 && kept[at - 1]! > value; at--) kept[at] = kept[at - 1]!;
      kept[at] = value;
    },
    largest: () => kept[count - 1]!,
  };
}

/** |x − y|² in float64. @throws RangeError where it is too small for that beside the largest values */
function squaredDistance({ caller, features: left }: Points, i: number, { features: right }: Points, j: number): number {
  const [, dimension] = left.shape;
  let sum = 0;
  let differ = false;
  for (let k = 0, a = i * dimension, b = j * dimension; k < dimension; k++, a++, b++) {
    const difference = left.data[a]! - right.data[b]!;
    sum += difference * difference;
    differ ||= difference !== 0;
  }
  if (differ && sum < SMALLEST_SQUARE)
    throw new RangeError(
      `${caller}: features must span less than 290 orders of magnitude, got samples that differ by less beside the largest`,
    );
  return sum;
}

async function* estimateDistances(left: Points, right: Points): AsyncGenerator<DistanceBlock> {
  const [columns, dimension] = right.features.shape;
  const share = 2 * productError(dimension);
  const scale = left.scale * right.scale;
  const underflow = 4 * dimension * SMALLEST_NORMAL * scale;
  const rightNorms = right.squaredNorms.map(Math.sqrt);
  for await (const { start, rows, products } of dotProducts(left.centred, right.centred)) {
    const estimate = new Float64Array(rows * columns);
    const error = new Float64Array(rows * columns);
    for (let i = 0, at = 0; i < rows; i++) {
      const squaredNorm = left.squaredNorms[start + i]!;
      const errorPerNorm = share * Math.sqrt(squaredNorm);
      for (let j = 0; j < columns; j++, at++) {
        estimate[at] = squaredNorm + right.squaredNorms[j]! - 2 * products[at]! * scale;
        error[at] = errorPerNorm * rightNorms[j]! + underflow;
      }
    }
    yield { start, rows, columns, estimate, error };
  }
}

/**
 * The ball around every sample that reaches to its `neighbors`-th nearest other sample.
 *
 * The products that distances are estimated from run in float32; samples that may be that neighbour, as far as the
 * estimates' error goes, are compared in float64.
 */
export async function manifold(points: Points, neighbors: number): Promise<Manifold> {
  const [n] = points.features.shape;
  const squaredRadii = new Float64Array(n);
  for await (const { start, rows, columns, estimate, error } of estimateDistances(points, points)) {
    for (let i = 0; i < rows; i++) {
      const sample = start + i;
      const row = i * columns;
      const bounds = smallest(neighbors);
      for (let j = 0; j < columns; j++) if (j !== sample) bounds.offer(estimate[row + j]! + error[row + j]!);
      const reach = bounds.largest();
      const distances = smallest(neighbors);
      for (let j = 0; j < columns; j++) {
        const isCandidate = j !== sample && estimate[row + j]! - error[row + j]! <= reach;
        if (isCandidate) distances.offer(squaredDistance(points, sample, points, j));
      }
      squaredRadii[sample] = distances.largest();
    }
  }
  return { points, squaredRadii };
}

/** Which of the `points` lie in which balls of a manifold, their surface included; exact as `manifold` is. */
export async function containment({ points: centres, squaredRadii }: Manifold, points: Points): Promise<Containment> {
  const ballsAtPoint = new Uint32Array(points.features.shape[0]);
  const pointsInBall = new Uint32Array(centres.features.shape[0]);
  for await (const { start, rows, columns, estimate, error } of estimateDistances(centres, points)) {
    for (let i = 0, at = 0; i < rows; i++) {
      const ball = start + i;
      const squaredRadius = squaredRadii[ball]!;
      for (let j = 0; j < columns; j++, at++) {
        if (estimate[at]! - error[at]! > squaredRadius) continue;
        const inside = estimate[at]! + error[at]! <= squaredRadius || squaredDistance(centres, ball, points, j) <= squaredRadius;
        if (!inside) continue;
        ballsAtPoint[j]! += 1;
        pointsInBall[ball]! += 1;
      }
    }
  }
  return { ballsAtPoint, pointsInBall };
}

/** The share of counts above zero. */
export function shareAboveZero(counts: Uint32Array): number {
  let above = 0;
  for (const count of counts) if (count > 0) above++;
  return above / counts.length;
}

/** @throws RangeError unless every sample of `features` has `neighbors` others */
export function requireNeighbors(caller: string, name: string, features: FeatureRows, neighbors: number): void {
  const [n] = features.shape;
  if (!Number.isInteger(neighbors) || neighbors < 1)
    throw new RangeError(`${caller}: neighbors must be a whole number ≥ 1, got ${neighbors}`);
  if (n <= neighbors) throw new RangeError(`${caller}: ${name} must have more than ${neighbors} samples (neighbors), got ${n}`);
}
