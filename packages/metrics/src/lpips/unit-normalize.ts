import { add, div, mul, rsqrt, sqrt, square, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Where the small number stands that keeps the division finite.
 *
 * - `stargan2`: x / √(Σx² + 1e-10), as the reference implementation of StarGAN v2
 * - `original`: x / (√Σx² + 1e-10), as the authors' package
 *
 * Their results differ only where all channels of a position are nearly zero.
 */
export type LpipsNormalization = 'stargan2' | 'original';

const EPSILON = 1e-10;

/**
 * Each position's channels divided by their length.
 *
 * @param x [batch, height, width, channels]
 * @returns a new tensor of the same shape
 */
export function unitNormalize(x: Tensor4D, normalization: LpipsNormalization): Tensor4D {
  return tidy(() => {
    const squaredLength = sum(square(x), 3, true);
    return normalization === 'stargan2' ? mul(x, rsqrt(add(squaredLength, EPSILON))) : div(x, add(sqrt(squaredLength), EPSILON));
  });
}
