import { add, avgPool, clipByValue, image as images2d, mul, sub, tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { normalArray, type RandomStream } from '@stargan/random';
import { countImages, type SquareImages } from '../images.js';

/** How far pictures are changed, for values in [-1, 1]: visible, but nobody would name another domain for it. */
const GAIN = 0.25;
const OFFSET = 0.25;
const FIELD = 0.4;
const NOISE = 0.2;
/** Cells of a smooth field of colour, per side. */
const FIELD_CELLS = 4;
/** Sides of an erased square, as shares of the image's. */
const ERASED = { least: 0.25, most: 0.5 };

/**
 * Images as a classifier should still tell apart: each mirrored or not, blurred or not, its channels scaled and shifted,
 * with a smooth field of colour and with noise added, and a square of it erased or not. Artefacts of generated images are
 * of these kinds; a classifier that has seen clean images alone can take them for a shape. The erased square makes it
 * look at more than the one part that suffices.
 *
 * Source of the last: DeVries and Taylor 2017, arXiv 1708.04552.
 *
 * @returns [count, size, size, 3] in [-1, 1]; the caller owns it
 */
export function disturb(images: SquareImages, random: RandomStream): Tensor4D {
  const { size } = images;
  const count = countImages(images);
  const between = (least: number, most: number): number => least + (most - least) * random.uniform();
  const each = (length: number, draw: () => number): number[] => Array.from({ length }, draw);
  const perImage = (draw: () => number): Tensor4D => tensor4d(each(count, draw), [count, 1, 1, 1]);
  const perChannel = (draw: () => number): Tensor4D => tensor4d(each(3 * count, draw), [count, 1, 1, 3]);
  const orNot = (): number => random.integer(2);
  return tidy(() => {
    let x = tensor4d(mirrorSome(images, orNot), [count, size, size, 3]);
    x = add(x, mul(sub(avgPool(x, 3, 1, 'same'), x), perImage(orNot)));
    x = add(
      mul(
        x,
        perChannel(() => between(1 - GAIN, 1 + GAIN)),
      ),
      perChannel(() => between(-OFFSET, OFFSET)),
    );
    const cells = tensor4d(
      each(count * FIELD_CELLS ** 2 * 3, () => between(-1, 1)),
      [count, FIELD_CELLS, FIELD_CELLS, 3],
    );
    x = add(
      x,
      mul(
        images2d.resizeBilinear(cells, [size, size]),
        perImage(() => between(0, FIELD)),
      ),
    );
    // One field of noise for all, at a strength and with a sign of each one's own: drawing it takes longer than a step.
    const noise = tensor4d(normalArray(size * size * 3, random), [1, size, size, 3]);
    x = add(
      x,
      mul(
        noise,
        perImage(() => between(-NOISE, NOISE)),
      ),
    );
    const hidden = squares(
      count,
      size,
      () => (orNot() === 1 ? between(ERASED.least, ERASED.most) * size : 0),
      () => random.uniform() * size,
    );
    x = add(
      x,
      mul(
        hidden,
        sub(
          perChannel(() => between(-1, 1)),
          x,
        ),
      ),
    );
    return clipByValue(x, -1, 1);
  });
}

/** Each image mirrored left to right, or not. */
function mirrorSome({ size, data }: SquareImages, orNot: () => number): Float32Array {
  const result = data.slice();
  const count = data.length / (size * size * 3);
  for (let i = 0; i < count; i++) {
    if (orNot() === 0) continue;
    for (let y = 0; y < size; y++) {
      const row = (i * size + y) * size * 3;
      for (let x = 0; x < size; x++) result.set(data.subarray(row + x * 3, row + x * 3 + 3), row + (size - 1 - x) * 3);
    }
  }
  return result;
}

/** [count, size, size, 1]: 1 inside a square of each image, 0 elsewhere. */
function squares(count: number, size: number, side: () => number, centre: () => number): Tensor4D {
  const mask = new Float32Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const [half, row, column] = [side() / 2, centre(), centre()];
    for (let y = 0; y < size; y++) {
      if (Math.abs(y + 0.5 - row) >= half) continue;
      for (let x = 0; x < size; x++) if (Math.abs(x + 0.5 - column) < half) mask[(i * size + y) * size + x] = 1;
    }
  }
  return tensor(mask, [count, size, size, 1]);
}
