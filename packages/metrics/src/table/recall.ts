import type { FeatureMetric } from './metric.js';
import { FEWEST_FOR_MANIFOLDS, manifolds } from './precision.js';

/** The share of real images within the manifold of translations. */
export const recall: FeatureMetric = {
  key: 'recall',
  heading: 'recall',
  title: 'Recall',
  direction: 'higher',
  format: (value) => value.toFixed(3),
  range: [0, 1],
  needs: 'features',
  fewest: FEWEST_FOR_MANIFOLDS,
  compute: async (comparison) => (await manifolds(comparison)).recall,
};
