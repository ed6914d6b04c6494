import { ImageFault } from './image-file-error.js';

export const defaultMaxPixels = 100_000_000;

/** The largest side that JPEG has. The decoder keeps rows of the whole width several times over. */
const maxSide = 65_535;

/** @throws ImageFault when there are more pixels than allowed, or a side is longer than any use has */
export function requirePixels(width: number, height: number, maxPixels: number): void {
  if (width * height <= maxPixels) {
    if (Math.max(width, height) <= maxSide) return;
    throw new ImageFault('too-large', `${width}×${height} has a side of more than ${maxSide} pixels`, 'make the image smaller');
  }
  throw new ImageFault('too-large', `${width}×${height} is ${width * height} pixels, more than the limit of ${maxPixels}`);
}
