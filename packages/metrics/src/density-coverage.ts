import { readPair, type Features } from './features.js';
import { centrePoints, containment, manifold, requireNeighbors, shareAboveZero } from './neighbors.js';

/** Options of {@link densityCoverage}. */
export interface DensityCoverageOptions {
  /** The k whose k-th nearest neighbour gives a ball its radius, default 5. */
  readonly neighbors?: number | undefined;
}

/** What {@link densityCoverage} gives. */
export interface DensityCoverage {
  /** How many balls of real samples hold a generated one, on average, over k: around 1 for equal distributions, unbounded. */
  readonly density: number;
  /** The share of real samples whose ball holds a generated one. */
  readonly coverage: number;
}

/**
 * Density and coverage (Naeem et al., *Reliable fidelity and diversity metrics for generative models*, ICML 2020): precision
 * and recall with balls around real samples only, so that outliers count little. A point on the surface of a ball counts
 * as within.
 *
 * @param real [n > neighbors, dimension]; tensors stay the caller's
 * @param generated [m ≥ 1, dimension]
 * @throws RangeError when there are too few real samples, or dimensions differ
 */
export async function densityCoverage(
  real: Features,
  generated: Features,
  { neighbors = 5 }: DensityCoverageOptions = {},
): Promise<DensityCoverage> {
  const features = await readPair('densityCoverage', ['real', 'generated'], [real, generated]);
  requireNeighbors('densityCoverage', 'real', features[0], neighbors);
  const [realPoints, generatedPoints] = centrePoints('densityCoverage', ...features);
  const { ballsAtPoint, pointsInBall } = await containment(await manifold(realPoints, neighbors), generatedPoints);
  const balls = ballsAtPoint.reduce((sum, count) => sum + count, 0);
  return { density: balls / (neighbors * ballsAtPoint.length), coverage: shareAboveZero(pointsInBall) };
}
