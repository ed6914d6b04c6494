import { mul, range, reshape, step, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { perImage, requireImages } from './require-images.js';

/** The side of what is cut out of an axis of this length: half of it, rounded. */
export function cutoutSize(length: number): number {
  return Math.floor(length / 2 + 0.5);
}

/**
 * Sets a rectangle of each image to 0, half its height and width (DiffAugment, Zhao et al. 2020, arXiv 2006.10738). Where it reaches
 * over the border, less is cut out.
 *
 * @param image float32 `[batch, height, width, channels]`
 * @param top float32 `[batch]`, whole numbers: first row of the rectangle, may be negative; constants
 * @param left float32 `[batch]`, whole numbers: first column, may be negative; constants
 * @param isCut float32 `[batch]`, 1 where there is a rectangle and 0 where the image stays as it is
 * @returns the shape of `image`
 * @throws when the shapes do not fit
 */
export function cutOut(image: Tensor, top: Tensor, left: Tensor, isCut: Tensor): Tensor4D {
  requireImages('cutOut', image);
  const [, height, width] = image.shape;
  return tidy(() => {
    const rows = within(perImage('cutOut', 'top', top, image), height, [1, height, 1, 1]);
    const columns = within(perImage('cutOut', 'left', left, image), width, [1, 1, width, 1]);
    const hole = mul(mul(rows, columns), perImage('cutOut', 'isCut', isCut, image)); // [batch, height, width, 1]
    return mul<Tensor4D>(image, sub(1, hole));
  });
}

/** 1 at the places start … start + half of the axis − 1, else 0. */
function within(start: Tensor4D, length: number, shape: [number, number, number, number]): Tensor {
  const places = reshape(range(0, length, 1, 'float32'), shape);
  const offset = sub(places, start);
  // Halves: nothing is decided by the last bit.
  return mul(step(sub(offset, -0.5)), step(sub(cutoutSize(length) - 0.5, offset)));
}
