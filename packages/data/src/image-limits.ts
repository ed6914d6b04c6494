import { ImageFault } from './image-file-error.js';

export const defaultMaxPixels = 100_000_000;

/** @throws ImageFault when there are more pixels than allowed */
export function requirePixels(width: number, height: number, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new ImageFault('too-large', `${width}×${height} is ${width * height} pixels, more than the limit of ${maxPixels}`);
}
