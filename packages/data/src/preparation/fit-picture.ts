import { resizeBilinear, type RgbImage } from '@stargan/resizing';

/**
 * How a picture becomes a square:
 * - `crop`: the largest square in its middle;
 * - `pad`: all of it, with black beside or above and below it;
 * - `stretch`: all of it, as loading for training and evaluation does, which distorts what is not square.
 */
export type PictureFit = 'crop' | 'pad' | 'stretch';

/**
 * Resizes a picture to a square with the antialiased filter that loading uses, Pillow's bilinear.
 *
 * @param image [height, width, 3]
 * @param size S, sides of the result in pixels
 * @param fit what becomes of a picture that is not square
 * @returns [S, S, 3]
 */
export function fitPicture(image: RgbImage, size: number, fit: PictureFit): RgbImage {
  const { width, height } = image;
  if (fit === 'stretch') return resizeBilinear(image, size, size);
  if (fit === 'crop') {
    const side = Math.min(width, height);
    const box = { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side };
    return resizeBilinear(image, size, size, box);
  }
  return padded(resizeBilinear(image, ...sidesWithin(width, height, size)), size);
}

function sidesWithin(width: number, height: number, size: number): [width: number, height: number] {
  const scale = size / Math.max(width, height);
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

function padded({ width, height, data }: RgbImage, size: number): RgbImage {
  const result = new Uint8Array(size * size * 3);
  const left = Math.floor((size - width) / 2);
  const top = Math.floor((size - height) / 2);
  for (let y = 0; y < height; y++) result.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * size + left) * 3);
  return { width: size, height: size, data: result };
}

/** Whether fitting enlarges the picture, so that the result is less sharp than its size suggests. */
export function isEnlarged({ width, height }: Pick<RgbImage, 'width' | 'height'>, size: number, fit: PictureFit): boolean {
  return (fit === 'pad' ? Math.max(width, height) : Math.min(width, height)) < size;
}
