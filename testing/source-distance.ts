import type { EvaluatorMetric } from '@stargan/metrics';

/** Mean distance of pixels between a source and its translations: how much they change of it. */
export const sourceDistance: EvaluatorMetric<'images'> = {
  key: 'sourceDistance',
  heading: 'change ↓',
  title: 'Distance from the source (lower is better)',
  direction: 'lower',
  format: (value) => value.toFixed(3),
  needs: 'images',
  fewest: { translations: 1 },
  compute: ({ source, images }) => {
    const pixels = source.data.length;
    return [images.data.reduce((sum, value, i) => sum + Math.abs(value - source.data[i % pixels]!), 0) / images.data.length];
  },
};
