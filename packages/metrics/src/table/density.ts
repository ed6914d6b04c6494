import { densityCoverage } from '../density-coverage.js';
import type { FeatureMetric } from './metric.js';
import { perComparison } from './per-comparison.js';

/** Neighbours of the published definition. */
const NEIGHBORS = 5;

/** Density and coverage, which are computed together. */
export const balls = perComparison(({ real, generated }) => densityCoverage(real, generated, { neighbors: NEIGHBORS }));

/** Real images that a ball needs to reach to its last neighbour. */
export const FEWEST_FOR_BALLS = { real: NEIGHBORS + 1, generated: 1 } as const;

/** How many balls around real images hold a translation, relative to the neighbours of each. */
export const density: FeatureMetric = {
  key: 'density',
  heading: 'density',
  title: 'Density',
  direction: 'higher',
  format: (value) => value.toFixed(3),
  needs: 'features',
  fewest: FEWEST_FOR_BALLS,
  compute: async (comparison) => (await balls(comparison)).density,
};
