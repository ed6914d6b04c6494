import { precisionRecall } from '../precision-recall.js';
import type { FeatureMetric } from './metric.js';
import { perComparison } from './per-comparison.js';

/** Neighbours of the published definition. */
const NEIGHBORS = 3;

/** Precision and recall, which are computed together. */
export const manifolds = perComparison(({ real, generated }) => precisionRecall(real, generated, { neighbors: NEIGHBORS }));

/** Images that each side needs for a ball to reach to its last neighbour. */
export const FEWEST_FOR_MANIFOLDS = { real: NEIGHBORS + 1, generated: NEIGHBORS + 1 } as const;

/** The share of translations within the manifold of real images. */
export const precision: FeatureMetric = {
  key: 'precision',
  heading: 'precision',
  title: 'Precision',
  direction: 'higher',
  format: (value) => value.toFixed(3),
  range: [0, 1],
  needs: 'features',
  fewest: FEWEST_FOR_MANIFOLDS,
  compute: async (comparison) => (await manifolds(comparison)).precision,
};
