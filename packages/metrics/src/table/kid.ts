import { kernelDistance } from '../kernel-distance.js';
import type { FeatureMetric } from './metric.js';

/** The kernel distance between features of translations and of real images. */
export const kid: FeatureMetric = {
  key: 'kid',
  heading: 'KID×10³ ↓',
  title: 'KID (lower is better)',
  direction: 'lower',
  format: (value) => (1000 * value).toFixed(2),
  needs: 'features',
  fewest: { real: 2, generated: 2 },
  compute: async ({ real, generated, seed }) => (await kernelDistance(real, generated, { seed })).mean,
};
