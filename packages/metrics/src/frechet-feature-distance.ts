import type { FeatureBatches } from './features.js';
import { frechetDistance } from './frechet-distance.js';
import { featureStatistics } from './statistics.js';

/**
 * The Fréchet distance between two sets of features: `frechetDistance` of their `featureStatistics`. Which network made the
 * features, from images of which size, is what the number means.
 *
 * @param first all at once, or batches [n, dimension] as they come; at least two samples
 * @param second likewise, of the same dimension
 */
export async function frechetFeatureDistance(first: FeatureBatches, second: FeatureBatches): Promise<number> {
  const statistics = await featureStatistics(first);
  return frechetDistance(statistics, await featureStatistics(second));
}
