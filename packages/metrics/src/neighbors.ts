import { dotProducts } from './dot-products.js';
import type { FeatureRows } from './features.js';

/**
 * Bound on the error of a product x · y in float32, as a share of |x||y|: inputs rounded to 11 bits (as TF32 does on
 * NVIDIA GPUs), and one rounding to 24 bits per addition.
 */
const productError = (dimension: number): number => 2 ** -10 + dimension * 2 ** -24;

/** Below this, float32 products may be taken for 0. */
const SMALLEST_NORMAL = 2 ** -126;

/** Samples with what it takes to estimate distances between them and others of the same origin. */
interface Points {
  readonly features: FeatureRows;
  /** The features about an origin near their middle, where float32 products lose least. */
  readonly centred: FeatureRows;
  /** |centred|², `[n]` */
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

/** Puts two sets about one origin. */
export function centrePoints(first: FeatureRows, second: FeatureRows): readonly [Points, Points] {
  const [n, dimension] = first.shape;
  const origin = new Float64Array(dimension);
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0; k < dimension; k++, at++) origin[k]! += first.data[at]! / n;
  }
  return [centre(first, origin), centre(second, origin)];
}

function centre(features: FeatureRows, origin: Float64Array): Points {
  const [n, dimension] = features.shape;
  const data = new Float32Array(n * dimension);
  const squaredNorms = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0; k < dimension; k++, at++) {
      const value = features.data[at]! - origin[k]!;
      data[at] = value;
      squaredNorms[i]! += value * value;
    }
  }
  return { features, centred: { data, shape: features.shape }, squaredNorms };
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

/** |x − y|² in float64. */
function squaredDistance(left: FeatureRows, i: number, right: FeatureRows, j: number): number {
  const [, dimension] = left.shape;
  let sum = 0;
  for (let k = 0, a = i * dimension, b = j * dimension; k < dimension; k++, a++, b++) {
    const difference = left.data[a]! - right.data[b]!;
    sum += difference * difference;
  }
  return sum;
}

async function* estimateDistances(left: Points, right: Points): AsyncGenerator<DistanceBlock> {
  const [columns, dimension] = right.features.shape;
  const share = 2 * productError(dimension);
  const underflow = 2 * dimension * SMALLEST_NORMAL;
  const rightNorms = right.squaredNorms.map(Math.sqrt);
  for await (const { start, rows, products } of dotProducts(left.centred, right.centred)) {
    const estimate = new Float64Array(rows * columns);
    const error = new Float64Array(rows * columns);
    for (let i = 0, at = 0; i < rows; i++) {
      const squaredNorm = left.squaredNorms[start + i]!;
      const scale = share * Math.sqrt(squaredNorm);
      for (let j = 0; j < columns; j++, at++) {
        const value = squaredNorm + right.squaredNorms[j]! - 2 * products[at]!;
        // What overflowed float32 says nothing.
        estimate[at] = Number.isFinite(value) ? value : 0;
        error[at] = Number.isFinite(value) ? scale * rightNorms[j]! + underflow : Infinity;
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
        if (isCandidate) distances.offer(squaredDistance(points.features, sample, points.features, j));
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
        const inside = estimate[at]! + error[at]! <= squaredRadius || squaredDistance(centres.features, ball, points.features, j) <= squaredRadius;
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
  if (!Number.isInteger(neighbors) || neighbors < 1) throw new RangeError(`${caller}: neighbors must be a whole number ≥ 1, got ${neighbors}`);
  if (n <= neighbors) throw new RangeError(`${caller}: ${name} must have more than ${neighbors} samples (neighbors), got ${n}`);
}
