import { readPair, type Features } from './features.js';
import { centrePoints, containment, manifold, requireNeighbors, shareAboveZero } from './neighbors.js';

/** Options of {@link precisionRecall}. */
export interface PrecisionRecallOptions {
  /** The k whose k-th nearest neighbour gives a ball its radius, default 3. */
  readonly neighbors?: number | undefined;
}

/** What {@link precisionRecall} gives. */
export interface PrecisionRecall {
  /** The share of generated samples that look real: within the manifold of the real ones. */
  readonly precision: number;
  /** The share of real samples that could have been generated: within the manifold of the generated ones. */
  readonly recall: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al., NeurIPS 2019). The manifold of a set is the union of the balls around
 * its samples that reach to their k-th nearest neighbour in the set; a point on the surface counts as within.
 *
 * @param real [n > neighbors, dimension]; tensors stay the caller's
 * @param generated [m > neighbors, dimension]
 * @throws RangeError when a set has too few samples, or dimensions differ
 */
export async function precisionRecall(
  real: Features,
  generated: Features,
  { neighbors = 3 }: PrecisionRecallOptions = {},
): Promise<PrecisionRecall> {
  const features = await readPair('precisionRecall', ['real', 'generated'], [real, generated]);
  requireNeighbors('precisionRecall', 'real', features[0], neighbors);
  requireNeighbors('precisionRecall', 'generated', features[1], neighbors);
  const [realPoints, generatedPoints] = centrePoints('precisionRecall', ...features);
  const found = await containment(await manifold(realPoints, neighbors), generatedPoints);
  const covered = await containment(await manifold(generatedPoints, neighbors), realPoints);
  return { precision: shareAboveZero(found.ballsAtPoint), recall: shareAboveZero(covered.ballsAtPoint) };
}
