import { frechetDistance } from '../frechet-distance.js';
import type { StatisticsMetric } from './metric.js';

/** The Fréchet distance between features of all translations and of real images. */
export const fid: StatisticsMetric = {
  key: 'fid',
  heading: 'FID ↓',
  title: 'FID (lower is better)',
  direction: 'lower',
  format: (value) => value.toFixed(2),
  needs: 'statistics',
  fewest: { real: 2, generated: 2 },
  compute: frechetDistance,
};
