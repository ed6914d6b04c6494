import { tensor4d, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { RgbImage } from '@stargan/resizing';
import { hashedUnits } from './hashed-values.js';

/** The same noise for the same size: level i is the highest byte of i · 2654435761 modulo 2³². */
export function noiseImage(width: number, height: number): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24) };
}

export function constantImage(width: number, height: number, level: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(level) };
}

/** [batch, height, width, 3] in [-1, 1], hashed in the order [batch, 3, height, width]. */
export function hashedImages(name: string, [batch, height, width]: readonly [number, number, number]): Tensor4D {
  return tidy(() =>
    transpose(
      tensor4d(new Float32Array(hashedUnits(name, batch * 3 * height * width).map((u) => 2 * u - 1)), [batch, 3, height, width]),
      [0, 2, 3, 1],
    ),
  );
}
