import { countImages, type SquareImages } from '../images.js';
import type { EvaluatorMetric } from './metric.js';

/**
 * Mean distance over all pairs of images: mean absolute difference per value, of a range of 2 ([-1, 1]).
 * 0 for fewer than two images.
 *
 * @param images of one size
 */
export function meanPixelDistance(images: SquareImages): number {
  const count = countImages(images);
  const values = images.size * images.size * 3;
  let sum = 0;
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      for (let k = 0; k < values; k++) sum += Math.abs(images.data[a * values + k]! - images.data[b * values + k]!);
    }
  }
  const pairs = (count * (count - 1)) / 2;
  return pairs === 0 ? 0 : sum / (pairs * values);
}

/** Mean distance of pixels over all pairs of translations of a source. */
export const styleDistance: EvaluatorMetric<'images'> = {
  key: 'styleDistance',
  heading: 'styles',
  title: 'Distance between styles',
  direction: 'higher',
  format: (value) => value.toFixed(3),
  needs: 'images',
  fewest: { translations: 2 },
  compute: ({ images }) => [meanPixelDistance(images)],
};
