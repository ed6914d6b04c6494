import { tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** Square images of one size as floats. */
export interface SquareImages {
  /** Height and width. */
  readonly size: number;
  /** [count, size, size, 3] in [-1, 1]. */
  readonly data: Float32Array;
}

/** Number of images. */
export const countImages = ({ size, data }: SquareImages): number => data.length / (size * size * 3);

/** Some of the images. */
export function selectImages({ size, data }: SquareImages, indices: readonly number[]): SquareImages {
  const values = size * size * 3;
  const selected = new Float32Array(indices.length * values);
  indices.forEach((index, i) => selected.set(data.subarray(index * values, (index + 1) * values), i * values));
  return { size, data: selected };
}

/** The images as a tensor [count, size, size, 3]; the caller owns it. */
export function imageTensor(images: SquareImages): Tensor4D {
  return tensor4d(images.data, [countImages(images), images.size, images.size, 3]);
}
