import { add, cast, equal, matMul, range, reshape, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { perImage, requireImages } from './require-images.js';

/**
 * Moves each image by whole pixels; what comes in from outside is 0 (DiffAugment, Zhao et al. 2020, arXiv 2006.10738).
 *
 * The shifts are tensors and are not read back: a product with a matrix of zeros and ones for each axis picks the pixels, so that one
 * captured graph serves every draw, on every backend and to second order.
 *
 * @param image float32 `[batch, height, width, channels]`
 * @param rows float32 `[batch]`, whole numbers: by how many pixels downwards; constants
 * @param columns float32 `[batch]`, whole numbers: by how many pixels to the right; constants
 * @returns the shape of `image`
 * @throws when the shapes do not fit
 */
export function shiftPixels(image: Tensor, rows: Tensor, columns: Tensor): Tensor4D {
  requireImages('shiftPixels', image);
  const [batch, height, width, channels] = image.shape;
  return tidy(() => {
    const down = selection(reshape(perImage('shiftPixels', 'rows', rows, image), [batch, 1, 1]), height);
    const right = selection(reshape(perImage('shiftPixels', 'columns', columns, image), [batch, 1, 1]), width);
    const moved = matMul(down, reshape<Rank.R3>(image, [batch, height, width * channels])); // [batch, height, width · channels]
    const turned = transpose(reshape(moved, [batch, height, width, channels]), [0, 2, 1, 3]); // [batch, width, height, channels]
    const both = matMul(right, reshape<Rank.R3>(turned, [batch, width, height * channels]));
    return transpose(reshape(both, [batch, width, height, channels]), [0, 2, 1, 3]);
  });
}

/** Matrices `[batch, size, size]` with a 1 where `to = from + shift`, rows being `to`. */
function selection(shift: Tensor, size: number): Tensor3D {
  const places = range(0, size, 1, 'float32');
  const from = reshape(places, [1, 1, size]);
  const to = reshape(places, [1, size, 1]);
  return cast(equal(add(from, shift), to), 'float32');
}
