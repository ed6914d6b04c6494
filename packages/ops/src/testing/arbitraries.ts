import fc from 'fast-check';
import { randomArray, type NdArray } from './nd-array.js';

/** Random values of a shape; the seed shrinks, the values do not need to. */
export function arrayOf(shape: readonly number[], range: { nearest?: number; farthest?: number } = {}): fc.Arbitrary<NdArray> {
  return fc.nat().map((seed) => randomArray(shape, seed, range));
}

/** [batch, height, width, channels] with up to 2 images, 3 channels and sides up to `side` that are multiples of `step`. */
export function featureMapShape({ side = 4, step = 1 } = {}): fc.Arbitrary<[number, number, number, number]> {
  const size = fc.integer({ min: 1, max: Math.floor(side / step) }).map((count) => count * step);
  return fc.tuple(fc.integer({ min: 1, max: 2 }), size, size, fc.integer({ min: 1, max: 3 }));
}

/** A random feature map of such a shape. */
export function featureMap(shape: { side?: number; step?: number } = {}): fc.Arbitrary<NdArray> {
  return featureMapShape(shape).chain((sizes) => arrayOf(sizes));
}
