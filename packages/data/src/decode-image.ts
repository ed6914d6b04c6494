import sharp, { type Metadata } from 'sharp';
import { decodeAsPillow, rawPixels, type RawPixels } from './decode-as-pillow.js';
import { ImageFileError } from './image-file-error.js';
import type { RgbImage } from './image.js';
import { readRegularFile } from './regular-file.js';

/** Options of {@link decodeImage}. */
export interface DecodeOptions {
  /** Largest number of pixels (width × height) that is decoded. Default 100,000,000. */
  maxPixels?: number;
  /** What a `Buffer` is called in errors. Default `image buffer`. */
  name?: string;
  /** How pixels are read where there is a choice. Default `upright`. */
  reading?: ImageReading;
}

/**
 * How pixels are read where there is a choice:
 * - `upright`: turned as the EXIF orientation says, 16-bit grey by its upper eight bits, CMYK with a generic print profile;
 * - `pillow`: as `Image.open(file).convert('RGB')` of Pillow 13 gives them: as stored, 16-bit grey clipped at 255, CMYK by
 *   the plain formula. Tools that measure images with Pillow see these.
 */
export type ImageReading = 'upright' | 'pillow';

export const defaultMaxPixels = 100_000_000;

/**
 * Decodes a JPEG, PNG or WebP file (told by its content, not its name) to 8-bit RGB.
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
 * The first frame of an animation is taken.
 *
 * @param image path or content of a file
 * @returns image with `data` [height, width, 3]
 * @throws ImageFileError when the file is missing, empty, truncated, corrupt, of another format, or has more than
 *   `maxPixels` pixels. A truncated file is always refused, never a half-grey picture.
 */
export async function decodeImage(image: string | Buffer, options: DecodeOptions = {}): Promise<RgbImage> {
  const { maxPixels = defaultMaxPixels, name = 'image buffer', reading = 'upright' } = options;
  const file = typeof image === 'string' ? image : name;
  const content = typeof image === 'string' ? await readContent(image) : image;
  requireKnownFormat(file, content);
  const metadata = await requirePixels(file, content, maxPixels);
  try {
    const { width, height, channels, data } = await (reading === 'pillow' ? decodeAsPillow(content, metadata) : decodeUpright(content));
    return { width, height, data: threeChannels(data, channels) };
  } catch (error) {
    throw new ImageFileError(file, `truncated or corrupt (${reasonOf(error)})`);
  }
}

async function decodeUpright(content: Buffer): Promise<RawPixels> {
  const image = sharp(content, { failOn: 'error', limitInputPixels: false, ignoreIcc: true });
  return rawPixels(image.autoOrient().removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' }));
}

async function readContent(file: string): Promise<Buffer> {
  try {
    return await readRegularFile(file);
  } catch (error) {
    throw new ImageFileError(file, `cannot be read (${reasonOf(error)})`);
  }
}

/** Looks at the first bytes, so that no other of the decoder's many formats is reached through a misleading name. */
function requireKnownFormat(file: string, content: Buffer): void {
  if (content.length === 0) throw new ImageFileError(file, 'the file is empty (0 bytes)');
  const start = content.toString('latin1', 0, 12);
  const known =
    start.startsWith('\xff\xd8\xff') ||
    start.startsWith('\x89PNG\r\n\x1a\n') ||
    (start.startsWith('RIFF') && start.endsWith('WEBP'));
  if (!known) throw new ImageFileError(file, 'not a JPEG, PNG or WebP image', 'convert or remove the file');
}

async function requirePixels(file: string, content: Buffer, maxPixels: number): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await sharp(content, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw new ImageFileError(file, `truncated or corrupt (${reasonOf(error)})`);
  }
  const { width, height } = metadata;
  if (width * height > maxPixels) {
    throw new ImageFileError(
      file,
      `${width}×${height} is ${width * height} pixels, more than the limit of ${maxPixels}`,
      'make the image smaller or raise maxPixels',
    );
  }
  return metadata;
}

function threeChannels(data: Buffer, channels: number): Uint8Array {
  // A plain Uint8Array: a Buffer would lose its class on the way to another thread, and with it equality.
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) pixels.fill(data[from]!, to, to + 3);
  return pixels;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n')[0]!;
}
