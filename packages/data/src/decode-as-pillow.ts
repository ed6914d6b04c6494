import type { Metadata, Sharp } from 'sharp';
import { withFirstFrameOpaque } from './gif-first-frame.js';
import type { ImageFormat } from './image-formats.js';

/** Pixels as a decoder gives them: rows from the top, `channels` values a pixel. */
export interface RawPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Buffer;
}

/**
 * Pixels as Pillow's `Image.open(file).convert('RGB')` has them: where the file stores them, 16-bit grey clipped at 255
 * and CMYK by the plain formula.
 *
 * @param content a file of this format
 * @param open how the decoder is to open content
 */
export async function decodeAsPillow(content: Buffer, format: ImageFormat, open: (content: Buffer) => Sharp): Promise<RawPixels> {
  const image = open(format === 'gif' ? withFirstFrameOpaque(content) : content);
  const metadata = await image.metadata();
  if (isGrey16(content, metadata)) return clippedGrey16(image);
  if (metadata.space === 'cmyk') return plainRgb(image);
  // Of TIFF alone Pillow applies the orientation by itself.
  const turned = format === 'tiff' ? image.autoOrient() : image;
  return rawPixels(turned.removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' }));
}

/** Encodes what `image` was told to, with its size. */
export async function rawPixels(image: Sharp): Promise<RawPixels> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

/** A PNG's grey with an alpha channel is RGBA to Pillow, and loses its lower bits; with one transparent level it is grey. */
function isGrey16(content: Buffer, { format, space, channels }: Metadata): boolean {
  if (space !== 'grey16') return false;
  return channels === 1 || (format === 'png' && content[25] === 0);
}

async function clippedGrey16(image: Sharp): Promise<RawPixels> {
  const { width, height, channels, data } = await rawPixels(image.removeAlpha().toColourspace('grey16').raw({ depth: 'ushort' }));
  const levels = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const grey = Buffer.alloc(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = Math.min(levels[i * channels]!, 255);
  return { width, height, channels: 1, data: grey };
}

/** Four levels of ink, as stored, to red, green and blue: each is what its ink and black let through. */
async function plainRgb(image: Sharp): Promise<RawPixels> {
  const { width, height, data } = await rawPixels(image.pipelineColourspace('cmyk').toColourspace('cmyk').raw({ depth: 'uchar' }));
  const rgb = Buffer.alloc(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    const white = 255 - data[from + 3]!;
    for (let ink = 0; ink < 3; ink++) rgb[to++] = Math.max(white - scaled(data[from + ink]!, white), 0);
  }
  return { width, height, channels: 3, data: rgb };
}

/** a b / 255, rounded as Pillow's `MULDIV255` does it. */
function scaled(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
