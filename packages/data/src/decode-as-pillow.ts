import type { Metadata, Sharp } from 'sharp';
import { withFirstFrameOpaque } from './gif-first-frame.js';
import type { ImageFormat } from './image-formats.js';
import { grey16Levels, rawPixels, upperBytes, type RawPixels } from './raw-pixels.js';
import { asStored } from './avif-orientation.js';

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
  if (metadata.space === 'cmyk') return plainRgb(image, metadata.depth === 'ushort');
  // Pillow applies the orientation of TIFF by itself, and the decoder that of AVIF.
  const turned = format === 'tiff' ? image.autoOrient() : format === 'avif' ? asStored(image, content) : image;
  return rawPixels(turned.removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' }));
}

/** A PNG's grey with an alpha channel is RGBA to Pillow, and loses its lower bits; with one transparent level it is grey. */
function isGrey16(content: Buffer, { format, space, channels }: Metadata): boolean {
  if (space !== 'grey16') return false;
  return channels === 1 || (format === 'png' && content[25] === 0);
}

async function clippedGrey16(image: Sharp): Promise<RawPixels> {
  const { width, height, levels } = await grey16Levels(image.removeAlpha());
  return { width, height, channels: 1, data: Buffer.from(levels.map((level) => Math.min(level, 255))) };
}

/** Four levels of ink, as stored, to red, green and blue: each is what its ink and black let through. */
async function plainRgb(image: Sharp, wide: boolean): Promise<RawPixels> {
  const depth = wide ? 'ushort' : 'uchar';
  const {
    width,
    height,
    data: inks,
  } = await rawPixels(image.removeAlpha().pipelineColourspace('cmyk').toColourspace('cmyk').raw({ depth }));
  const data = wide ? upperBytes(inks) : inks;
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
