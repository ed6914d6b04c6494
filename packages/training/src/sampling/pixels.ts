/** Pixels of a picture, 8 bits per channel, RGB. */
export interface Pixels {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** [height, width, 3] */
  readonly data: Uint8Array;
}

/**
 * One value of [-1, 1] as 8 bits: (x + 1) / 2, clamped, then ⌊255 x + ½⌋. NaN becomes 0.
 *
 * @param value clamped to [-1, 1]
 */
export function toByte(value: number): number {
  const unit = Math.min(Math.max((value + 1) / 2, 0), 1);
  return Math.floor(unit * 255 + 0.5) || 0;
}

/**
 * Images tiled in rows, without padding; places that stay empty are black.
 *
 * @param images [count, height, width, 3] in [-1, 1]; values beyond are clamped
 * @param height of an image, in pixels
 * @param width of an image, in pixels
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
