import { resizeBilinear, type Box, type RgbImage } from '@stargan/data';

/**
 * How a picture that is not square is brought to the square that the model takes:
 * - `crop`: its middle is taken, what is beyond at two sides is left out;
 * - `stretch`: all of it, squeezed to a square, as pictures are in training; at the source's size it is stretched back;
 * - `pad`: all of it in its proportions; the missing rows or columns repeat its edge for the model, and are cut off again.
 */
export type Fit = (typeof FITS)[number];

/** All values of {@link Fit}. */
export const FITS = ['crop', 'stretch', 'pad'] as const;

/** Where a picture's pixels are in the square that the model takes, and which they are. */
export interface Placement {
  /** The part of the picture that is taken. */
  readonly taken: Box;
  /** Where that part lies in the square; the rest repeats its edge. */
  readonly placed: Box;
}

/**
 * Places a picture in a square.
 *
 * @param width of the picture, in pixels
 * @param height of the picture, in pixels
 * @param size side of the square
 * @param fit how
 */
export function placePicture(width: number, height: number, size: number, fit: Fit): Placement {
  const square = { left: 0, top: 0, width: size, height: size };
  const taken = { left: 0, top: 0, width, height };
  if (fit === 'stretch') return { taken, placed: square };
  if (fit === 'crop') {
    const side = Math.min(width, height);
    return {
      taken: { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side },
      placed: square,
    };
  }
  const scale = size / Math.max(width, height);
  const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  return { taken, placed: { left: Math.floor((size - w) / 2), top: Math.floor((size - h) / 2), width: w, height: h } };
}

/**
 * A picture as the model takes it.
 *
 * @param image stays as it is
 * @param size side of the square
 * @param placement where it goes, as {@link placePicture} gives it
 * @returns [size, size, 3]
 */
export function fitToPlacement(image: RgbImage, size: number, { taken, placed }: Placement): RgbImage {
  const resized = resizeBilinear(image, placed.width, placed.height, taken);
  return placed.width === size && placed.height === size ? resized : extendEdges(resized, size, placed);
}

/** An image in a square of which it does not fill all: every other pixel is that of the image which is nearest. */
function extendEdges(image: RgbImage, size: number, { left, top }: Box): RgbImage {
  const data = new Uint8Array(size * size * 3);
  const within = (place: number, length: number): number => Math.min(Math.max(place, 0), length - 1);
  for (let y = 0; y < size; y++) {
    const row = within(y - top, image.height) * image.width;
    for (let x = 0; x < size; x++) {
      const from = (row + within(x - left, image.width)) * 3;
      data.set(image.data.subarray(from, from + 3), (y * size + x) * 3);
    }
  }
  return { width: size, height: size, data };
}
