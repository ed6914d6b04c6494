import { decodeContent } from './decode-content.js';
import type { DecodeOptions } from './decode-options.js';
import { ImageFault } from './image-file-error.js';
import { defaultMaxPixels } from './image-limits.js';
import type { RgbImage } from '@stargan/resizing';
import { contentOf, withRegularFile } from './regular-file.js';

export type { DecodeOptions, ImageReading } from './decode-options.js';
export { defaultMaxPixels };

/**
 * Decodes a JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or binary PPM, PGM or PBM file (told by its content, not its name) to
 * 8-bit RGB.
 *
 * What becomes of other pictures follows Pillow's `convert('RGB')`, which the reference uses:
 * - grey is repeated in three channels; palettes are looked up;
 * - **alpha is dropped**, not blended: transparent pixels show the colour stored under them;
 * - embedded colour profiles are ignored.
 *
 * Where it differs from Pillow, unless `reading` is `pillow`:
 * - the EXIF orientation is applied;
 * - 16-bit channels keep their upper eight bits, grey ones too;
 * - CMYK is converted with a generic print profile.
 *
 * The first picture of a file with several is taken. Pictures are decoded at the same time as long as the memory they
 * are going to take stays within 1 GiB; further ones wait.
 *
 * @param image path or content of a file
 * @returns image with `data` [height, width, 3]
 * @throws ImageFileError when the file is missing, no regular file, empty, truncated, corrupt, of another format, or has
 *   more than `maxPixels` pixels. A truncated file is always refused, never a half-grey picture.
 */
export async function decodeImage(image: string | Buffer, options: DecodeOptions = {}): Promise<RgbImage> {
  const { maxPixels = defaultMaxPixels, name = 'image buffer', reading = 'upright' } = options;
  try {
    if (typeof image !== 'string') return await decodeContent(contentOf(image), { maxPixels, reading });
    return await withRegularFile(image, (file) => decodeContent(file, { maxPixels, reading }));
  } catch (error) {
    throw error instanceof ImageFault ? error.in(typeof image === 'string' ? image : name) : error;
  }
}
