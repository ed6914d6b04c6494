import { permutation, randomStream } from '@stargan/random';
import { readPair, type Features } from './features.js';
import { kernelPoints, kernelValues, selectPoints, type KernelPoints } from './kernel-values.js';
import { exactSum } from './linear-algebra/exact-sum.js';

/** Samples of a set up to which the kernel's values of all pairs are kept: 32 MiB for each of three tables. */
const LARGEST_KEPT = 2048;

/** Options of {@link kernelDistance}. */
export interface KernelDistanceOptions {
  /** How many times subsets are drawn, default 100. */
  readonly subsets?: number | undefined;
  /** Samples of each set in a subset, at least 2; default 1000, or as many as the smaller set has. */
  readonly subsetSize?: number | undefined;
  /** Seed of the draws, default 0. The same seed gives the same subsets. */
  readonly seed?: number | undefined;
}

/** Mean and spread of the estimates from all subsets. */
export interface KernelDistance {
  /** The kernel distance. Unbiased, so it can fall below zero when the two sets come from the same distribution. */
  readonly mean: number;
  /** Divisor n; what is usually published after ±. */
  readonly standardDeviation: number;
  /** Standard error of the mean, as if subsets were independent: standardDeviation / √subsets. */
  readonly standardError: number;
}

/**
 * KID, the kernel Inception distance (Bińkowski et al., *Demystifying MMD GANs*, ICLR 2018): the unbiased estimate of the
 * squared maximum mean discrepancy under the kernel (x · y / dimension + 1)³, over random subsets drawn without replacement.
 *
 * Features in float64 (an array per sample is taken so) are multiplied in float64; those in float32 about their middle,
 * in the backend's float32.
 *
 * @param first [n, dimension]; tensors stay the caller's
 * @param second [m, dimension]
 * @throws RangeError when a set has fewer than two samples or fewer than a subset, dimensions differ, or kernel values are
 * larger than float64 holds
 */
export async function kernelDistance(first: Features, second: Features, options: KernelDistanceOptions = {}): Promise<KernelDistance> {
  const [x, y] = kernelPoints(...(await readPair('kernelDistance', ['first', 'second'], [first, second])));
  requireSamples('kernelDistance', x, y);
  const smaller = Math.min(x.count, y.count);
  const { subsets = 100, subsetSize = Math.min(1000, smaller), seed = 0 } = options;
  if (!Number.isInteger(subsets) || subsets < 1) throw new RangeError(`kernelDistance: subsets must be a whole number ≥ 1, got ${subsets}`);
  if (!Number.isInteger(subsetSize) || subsetSize < 2 || subsetSize > smaller) {
    throw new RangeError(
      `kernelDistance: subsetSize must be a whole number from 2 to the samples of the smaller set (${smaller}), got ${subsetSize}`,
    );
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`kernelDistance: seed must be a whole number, got ${seed}`);
  const kept = Math.max(x.count, y.count) <= LARGEST_KEPT ? await keepSums(x, y) : undefined;
  const estimates: number[] = [];
  for (let subset = 0; subset < subsets; subset++) {
    const drawn = [
      draw(x.count, subsetSize, seed, 'kernelDistance.first', subset),
      draw(y.count, subsetSize, seed, 'kernelDistance.second', subset),
    ] as const;
    const sums = kept === undefined ? await sumsOf(selectPoints(x, drawn[0]), selectPoints(y, drawn[1])) : kept(...drawn);
    estimates.push(squaredDiscrepancy('kernelDistance', sums, subsetSize, subsetSize));
  }
  return spreadOf(estimates);
}

/**
 * The unbiased estimate from all samples of two sets at once, without subsets.
 *
 * @param first one set, [n, dimension], n ≥ 2
 * @param second the other, [m, dimension], m ≥ 2
 * @throws RangeError when a set has fewer than two samples, dimensions differ, or kernel values are larger than float64 holds
 */
export async function kernelDiscrepancy(first: Features, second: Features): Promise<number> {
  const [x, y] = kernelPoints(...(await readPair('kernelDiscrepancy', ['first', 'second'], [first, second])));
  requireSamples('kernelDiscrepancy', x, y);
  return squaredDiscrepancy('kernelDiscrepancy', await sumsOf(x, y), x.count, y.count);
}

/** Sums of the kernel over pairs of different samples of the first set, of the second, and over pairs of both. */
interface KernelSums {
  readonly first: number;
  readonly second: number;
  readonly both: number;
}

function requireSamples(caller: string, x: KernelPoints, y: KernelPoints): void {
  for (const [name, { count }] of [
    ['first', x],
    ['second', y],
  ] as const) {
    if (count < 2) throw new RangeError(`${caller}: ${name} must have at least 2 samples, got ${count}`);
  }
}

const draw = (n: number, size: number, seed: number, stream: string, subset: number): Uint32Array =>
  Uint32Array.from(permutation(n, randomStream(seed, stream, subset)).slice(0, size));

/** mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y), over pairs of different samples. */
function squaredDiscrepancy(caller: string, { first, second, both }: KernelSums, n: number, m: number): number {
  const estimate = first / (n * (n - 1)) + second / (m * (m - 1)) - (2 * both) / (n * m);
  if (!Number.isFinite(estimate))
    throw new RangeError(
      `${caller}: values of the kernel must be finite, got some beyond float64: features are too large (products above 1e102); divide them by their scale first`,
    );
  return estimate;
}

async function sumsOf(x: KernelPoints, y: KernelPoints): Promise<KernelSums> {
  return { first: await kernelSum(x, x, true), second: await kernelSum(y, y, true), both: await kernelSum(x, y, false) };
}

async function kernelSum(left: KernelPoints, right: KernelPoints, sameSet: boolean): Promise<number> {
  const sum = exactSum();
  for await (const { start, rows, values } of kernelValues(left, right)) {
    for (let i = 0; i < rows; i++) sum.add(rowSum(values, i * right.count, right.count, sameSet ? start + i : -1));
  }
  return sum.total();
}

function rowSum(values: Float64Array, offset: number, count: number, left: number): number {
  let sum = 0;
  for (let j = 0; j < count; j++) if (j !== left) sum += values[offset + j]!;
  return sum;
}

/** The kernel of all pairs, from which the sums of any subsets are taken. */
async function keepSums(x: KernelPoints, y: KernelPoints): Promise<(first: Uint32Array, second: Uint32Array) => KernelSums> {
  const [first, second, both] = [await allValues(x, x), await allValues(y, y), await allValues(x, y)];
  return (a, b) => ({
    first: chosenSum(first, x.count, a, a, true),
    second: chosenSum(second, y.count, b, b, true),
    both: chosenSum(both, y.count, a, b, false),
  });
}

async function allValues(left: KernelPoints, right: KernelPoints): Promise<Float64Array> {
  const all = new Float64Array(left.count * right.count);
  for await (const { start, values } of kernelValues(left, right)) all.set(values, start * right.count);
  return all;
}

function chosenSum(values: Float64Array, columns: number, left: Uint32Array, right: Uint32Array, sameSet: boolean): number {
  const total = exactSum();
  for (let i = 0; i < left.length; i++) {
    const offset = left[i]! * columns;
    let sum = 0;
    for (let j = 0; j < right.length; j++) if (!sameSet || i !== j) sum += values[offset + right[j]!]!;
    total.add(sum);
  }
  return total.total();
}

/** Mean and deviations; values are scaled first, so that their squares stay finite. */
function spreadOf(estimates: readonly number[]): KernelDistance {
  const scale = estimates.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const mean = estimates.reduce((sum, value) => sum + value / scale / estimates.length, 0);
  const variance = estimates.reduce((sum, value) => sum + (value / scale - mean) ** 2 / estimates.length, 0);
  const standardDeviation = scale * Math.sqrt(variance);
  return { mean: scale * mean, standardDeviation, standardError: standardDeviation / Math.sqrt(estimates.length) };
}
