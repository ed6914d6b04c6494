import { toByte, type Pixels } from './pixels.js';

/**
 * Pixels that a picture of many images has at most, 100 MB: a grid of 21 × 21 images at 256² fits. Images of larger
 * grids are shown smaller.
 */
export const PICTURE_PIXELS = 2 ** 25;

/** A picture that images are placed on one after another, so that no more than a few are in memory as floats. */
export interface Canvas {
  /** The picture as it stands; places that stay empty are white. */
  readonly pixels: Pixels;
  /** By how much images are shrunk, 1 for not at all: each pixel is the mean of this many squared. */
  readonly shrink: number;
  /**
   * Places images side by side.
   *
   * @param row of the first image, from 0
   * @param column of the first image, from 0
   * @param images [count, size, size, 3] in [-1, 1]; values beyond are clamped
   */
  place(row: number, column: number, images: Float32Array): void;
}

/** The layout of a {@link Canvas}. */
export interface CanvasLayout {
  /** Images below each other. */
  readonly rows: number;
  /** Images side by side. */
  readonly columns: number;
  /** Height and width of an image. */
  readonly size: number;
  /** Pixels that the picture has at most. */
  readonly maxPixels?: number;
}

/** By how much images are shrunk so that all fit: the least whole number that divides their size. */
export function shrinkToFit({ rows, columns, size, maxPixels = PICTURE_PIXELS }: CanvasLayout): number {
  for (let shrink = 1; shrink <= size; shrink++) {
    if (size % shrink === 0 && rows * columns * (size / shrink) ** 2 <= maxPixels) return shrink;
  }
  throw new Error(`a picture of ${rows}×${columns} images is too large, even with a pixel for each; show fewer`);
}

/**
 * An empty picture for images of one size.
 *
 * @param layout rows, columns and the size of an image; images shrink where `maxPixels` would be exceeded
 * @throws when there are more images than the picture may have pixels
 */
export function createCanvas(layout: CanvasLayout): Canvas {
  const { rows, columns, size } = layout;
  const shrink = shrinkToFit(layout);
  const cell = size / shrink;
  const width = columns * cell;
  const data = new Uint8Array(rows * cell * width * 3).fill(255);
  const placeOne = (top: number, left: number, image: Float32Array): void => {
    for (let y = 0; y < cell; y++) {
      for (let x = 0; x < cell; x++) {
        const to = ((top + y) * width + left + x) * 3;
        for (let channel = 0; channel < 3; channel++) data[to + channel] = toByte(meanOfBlock(image, size, shrink, y, x, channel));
      }
    }
  };
  return {
    pixels: { height: rows * cell, width, data },
    shrink,
    place(row, column, images) {
      const values = size * size * 3;
      for (let i = 0; i * values < images.length; i++)
        placeOne(row * cell, (column + i) * cell, images.subarray(i * values, (i + 1) * values));
    },
  };
}

/** Mean of the clamped values that make up one pixel of a shrunk image. */
function meanOfBlock(image: Float32Array, size: number, shrink: number, y: number, x: number, channel: number): number {
  if (shrink === 1) return image[(y * size + x) * 3 + channel]!;
  let sum = 0;
  for (let dy = 0; dy < shrink; dy++) {
    for (let dx = 0; dx < shrink; dx++)
      sum += Math.min(Math.max(image[((y * shrink + dy) * size + x * shrink + dx) * 3 + channel]!, -1), 1);
  }
  return sum / (shrink * shrink);
}
