import { avgPool, maxPool, pad, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Mean over 3×3 neighbourhoods, same size. */
export type AveragePool = (x: Tensor4D) => Tensor4D;

/** Beyond the border there is nothing: at a corner four pixels are averaged, as in TensorFlow's Inception. */
export const averageWithoutPadding: AveragePool = (x) => avgPool(x, 3, 1, 'same');

/** Beyond the border there are zeros, which count: the sum is always divided by 9, as in torchvision's Inception. */
export const averageWithPadding: AveragePool = (x) =>
  tidy(() =>
    avgPool(
      pad(x, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
      3,
      1,
      'valid',
    ),
  );

/** Largest of 3×3 neighbourhoods, every second pixel, none of them beyond the border. */
export const maxPoolStride2 = (x: Tensor): Tensor4D => maxPool(x as Tensor4D, 3, 2, 'valid');

/** Largest of 3×3 neighbourhoods, same size. */
export const maxPoolSame = (x: Tensor): Tensor4D => maxPool(x as Tensor4D, 3, 1, 'same');
