/** Pixels of a picture, 8 bits per channel, RGB. */
export interface Pixels {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** [height, width, 3] */
  readonly data: Uint8Array;
}

/** One value of [-1, 1] as 8 bits: (x + 1) / 2, clamped, then ⌊255 x + ½⌋. NaN becomes 0. */
export function toByte(value: number): number {
  const unit = Math.min(Math.max((value + 1) / 2, 0), 1);
  return Math.floor(unit * 255 + 0.5) || 0;
}

/**
 * Images tiled in rows, without padding; places that stay empty are black.
 *
 * @param images [count, height, width, 3] in [-1, 1]; values beyond are clamped
 * @param columns images per row
 * @throws when the values do not make up whole images
 */
export function tileImages(images: Float32Array, height: number, width: number, columns: number): Pixels {
  const imageValues = height * width * 3;
  const count = images.length / imageValues;
  if (!Number.isInteger(count) || count === 0) {
    throw new Error(`tileImages: images must hold whole ${height}×${width} RGB images, got ${images.length} values`);
  }
  const rows = Math.ceil(count / columns);
  const gridWidth = columns * width;
  const data = new Uint8Array(rows * height * gridWidth * 3);
  for (let i = 0; i < count; i++) {
    const top = Math.floor(i / columns) * height;
    const left = (i % columns) * width;
    for (let y = 0; y < height; y++) {
      const from = i * imageValues + y * width * 3;
      const to = ((top + y) * gridWidth + left) * 3;
      for (let k = 0; k < width * 3; k++) data[to + k] = toByte(images[from + k]!);
    }
  }
  return { height: rows * height, width: gridWidth, data };
}

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

/** An empty picture for images of one size. @throws when there are more images than the picture may have pixels */
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
