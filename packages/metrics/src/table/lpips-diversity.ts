import type { EvaluatorMetric } from './metric.js';

/** Mean perceptual distance over all pairs of translations of a source. */
export const lpipsDiversity: EvaluatorMetric<'perceptual'> = {
  key: 'lpips',
  heading: 'LPIPS ↑',
  title: 'LPIPS: diversity of translations of one source',
  direction: 'higher',
  format: (value) => value.toFixed(4),
  needs: 'perceptual',
  // AlexNet, whose features LPIPS compares, takes no smaller images.
  fewest: { translations: 2, imageSize: 31 },
  compute: (translations, distance) => [distance(translations)],
};
