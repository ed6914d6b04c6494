import { countImages, type ImageBatch } from '@stargan/training';

/**
 * Mean distance over all pairs of images: mean absolute difference per value, of a range of 2 ([-1, 1]).
 * 0 for fewer than two images.
 */
export function meanPairwiseDistance(images: ImageBatch): number {
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
