import { permutation, randomStream } from '@stargan/random';
import { dotProducts } from './dot-products.js';
import { readPair, type FeatureRows, type Features } from './features.js';

/** Options of {@link kernelDistance}. */
export interface KernelDistanceOptions {
  /** How many times subsets are drawn, default 100. */
  readonly subsets?: number;
  /** Samples of each set in a subset, at least 2; default 1000, or as many as the smaller set has. */
  readonly subsetSize?: number;
  /** Of the draws, default 0. The same seed gives the same subsets. */
  readonly seed?: number;
}

/** Of the estimates from all subsets. */
export interface KernelDistance {
  /** The kernel distance. Unbiased, so it can fall below zero when the two sets come from the same distribution. */
  readonly mean: number;
  /** Divisor n; what is usually published after ±. */
  readonly standardDeviation: number;
  /** Of the mean, as if subsets were independent: standardDeviation / √subsets. */
  readonly standardError: number;
}

/**
 * KID, the kernel Inception distance (Bińkowski et al., *Demystifying MMD GANs*, ICLR 2018): the unbiased estimate of the
 * squared maximum mean discrepancy under the kernel (x · y / dimension + 1)³, over random subsets drawn without replacement.
 *
 * @param first [n, dimension]; tensors stay the caller's
 * @param second [m, dimension]
 * @throws RangeError when a set has fewer than two samples or fewer than a subset, or dimensions differ
 */
export async function kernelDistance(first: Features, second: Features, options: KernelDistanceOptions = {}): Promise<KernelDistance> {
  const [x, y] = await readPair('kernelDistance', ['first', 'second'], [first, second]);
  const smaller = Math.min(x.shape[0], y.shape[0]);
  const { subsets = 100, subsetSize = Math.min(1000, smaller), seed = 0 } = options;
  if (!Number.isInteger(subsets) || subsets < 1) throw new RangeError(`kernelDistance: subsets must be a whole number ≥ 1, got ${subsets}`);
  if (!Number.isInteger(subsetSize) || subsetSize < 2 || subsetSize > smaller) {
    throw new RangeError(`kernelDistance: subsetSize must be a whole number from 2 to the samples of the smaller set (${smaller}), got ${subsetSize}`);
  }
  const estimates: number[] = [];
  for (let subset = 0; subset < subsets; subset++) {
    const drawn = [draw(x, subsetSize, seed, 'kernelDistance.first', subset), draw(y, subsetSize, seed, 'kernelDistance.second', subset)] as const;
    estimates.push(await squaredDiscrepancy(...drawn));
  }
  const mean = estimates.reduce((sum, value) => sum + value, 0) / subsets;
  const variance = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / subsets;
  const standardDeviation = Math.sqrt(variance);
  return { mean, standardDeviation, standardError: standardDeviation / Math.sqrt(subsets) };
}

/**
 * The unbiased estimate from all samples of two sets at once, without subsets.
 *
 * @param first one set, [n, dimension], n ≥ 2
 * @param second the other, [m, dimension], m ≥ 2
 */
export async function kernelDiscrepancy(first: Features, second: Features): Promise<number> {
  const [x, y] = await readPair('kernelDiscrepancy', ['first', 'second'], [first, second]);
  for (const [name, rows] of [['first', x], ['second', y]] as const) {
    if (rows.shape[0] < 2) throw new RangeError(`kernelDiscrepancy: ${name} must have at least 2 samples, got ${rows.shape[0]}`);
  }
  return squaredDiscrepancy(x, y);
}

function draw({ data, shape: [n, dimension] }: FeatureRows, size: number, seed: number, stream: string, subset: number): FeatureRows {
  const chosen = permutation(n, randomStream(seed, stream, subset)).slice(0, size);
  const rows = new Float32Array(size * dimension);
  for (const [i, sample] of chosen.entries()) rows.set(data.subarray(sample * dimension, (sample + 1) * dimension), i * dimension);
  return { data: rows, shape: [size, dimension] };
}

/** mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y), over pairs of different samples. */
async function squaredDiscrepancy(x: FeatureRows, y: FeatureRows): Promise<number> {
  const [n] = x.shape;
  const [m] = y.shape;
  const within = (await kernelSum(x, x, true)) / (n * (n - 1)) + (await kernelSum(y, y, true)) / (m * (m - 1));
  return within - (2 * (await kernelSum(x, y, false))) / (n * m);
}

/** Sum of kernel values, in float64. */
async function kernelSum(left: FeatureRows, right: FeatureRows, sameSet: boolean): Promise<number> {
  const [, dimension] = left.shape;
  const [columns] = right.shape;
  let sum = 0;
  for await (const { start, rows, products } of dotProducts(left, right)) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        if (sameSet && start + i === j) continue;
        const base = products[i * columns + j]! / dimension + 1;
        sum += base * base * base;
      }
    }
  }
  return sum;
}
