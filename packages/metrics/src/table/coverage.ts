import { balls, FEWEST_FOR_BALLS } from './density.js';
import type { FeatureMetric } from './metric.js';

/** The share of real images with a translation in the ball around them. */
export const coverage: FeatureMetric = {
  key: 'coverage',
  heading: 'coverage',
  title: 'Coverage',
  direction: 'higher',
  format: (value) => value.toFixed(3),
  range: [0, 1],
  needs: 'features',
  fewest: FEWEST_FOR_BALLS,
  compute: async (comparison) => (await balls(comparison)).coverage,
};
