import { decodeContent } from './decode-content.js';
import { ImageFault } from './image-file-error.js';
import { defaultMaxPixels } from './image-limits.js';
import type { RgbImage } from './image.js';
import { contentOf, withRegularFile } from './regular-file.js';

export { defaultMaxPixels };

/** Options of {@link decodeImage}. */
export interface DecodeOptions {
  /** Largest number of pixels (width × height) that is decoded. Default 100,000,000. */
  maxPixels?: number | undefined;
  /** What a `Buffer` is called in errors. Default `image buffer`. */
  name?: string | undefined;
  /** How pixels are read where there is a choice. Default `upright`. */
  reading?: ImageReading | undefined;
}

/**
 * How pixels are read where there is a choice:
 * - `upright`: turned as the EXIF orientation says, 16-bit grey by its upper eight bits, CMYK with a generic print profile;
 * - `pillow`: as `Image.open(file).convert('RGB')` of Pillow 13 gives them: as stored, 16-bit grey clipped at 255, CMYK by
 *   the plain formula. Tools that measure images with Pillow see these.
 */
export type ImageReading = 'upright' | 'pillow';

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
