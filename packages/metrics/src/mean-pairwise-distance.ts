import { describeValue } from './describe-value.js';

/**
 * Mean distance over all pairs of samples, the diversity of one source in the LPIPS protocol of StarGAN v2
 * (Choi et al., CVPR 2020, appendix): the outputs of one source under different styles, then averaged over sources.
 *
 * @param samples at least two
 * @param distance symmetric; called once for each of the n(n − 1)/2 pairs
 * @throws RangeError for fewer than two samples, or a distance that is no finite number
 */
export function meanPairwiseDistance<T>(samples: readonly T[], distance: (a: T, b: T) => number): number {
  if (samples.length < 2) throw new RangeError(`meanPairwiseDistance: samples must be at least two, got ${samples.length}`);
  let sum = 0;
  for (let a = 0; a < samples.length; a++) {
    for (let b = a + 1; b < samples.length; b++) {
      const value = distance(samples[a]!, samples[b]!);
      if (!Number.isFinite(value))
        throw new RangeError(
          `meanPairwiseDistance: distance must give finite numbers, got ${describeValue(value)} for samples ${a} and ${b}`,
        );
      sum += value;
    }
  }
  return sum / ((samples.length * (samples.length - 1)) / 2);
}
