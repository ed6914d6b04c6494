import sharp, { type Metadata } from 'sharp';
import { ImageFault } from './image-file-error.js';
import type { HeaderDetails } from './image-header.js';

/** @throws ImageFault when the header is cut short or says what cannot be */
export function webpHeader(content: Buffer): HeaderDetails {
  const size = webpSize(content);
  if (size === undefined) throw new ImageFault('damaged', 'truncated or corrupt (the header, VP8, is not where it should be)');
  return { format: 'webp', width: size[0], height: size[1], decodingBytesPerPixel: 8 };
}

function webpSize(content: Buffer): [number, number] | undefined {
  if (content.length < 30) return undefined;
  const kind = content.toString('latin1', 12, 16);
  if (kind === 'VP8X') return [content.readUIntLE(24, 3) + 1, content.readUIntLE(27, 3) + 1];
  if (kind === 'VP8 ' && content.readUIntBE(23, 3) === 0x9d012a)
    return [content.readUInt16LE(26) & 0x3fff, content.readUInt16LE(28) & 0x3fff];
  if (kind !== 'VP8L' || content[20] !== 0x2f) return undefined;
  const bits = content.readUInt32LE(21);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

/** @throws ImageFault when the header is cut short or says what cannot be */
export function gifHeader(content: Buffer): HeaderDetails {
  if (content.length < 13) throw new ImageFault('damaged', 'truncated (the file ends within the header)');
  const [width, height] = [content.readUInt16LE(6), content.readUInt16LE(8)];
  if (width === 0 || height === 0) throw new ImageFault('damaged', `corrupt (the header says ${width}×${height} pixels)`);
  return { format: 'gif', width, height, decodingBytesPerPixel: 8 };
}

const bytesOfDepth: Readonly<Record<string, number>> = {
  char: 1,
  uchar: 1,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  float: 4,
  double: 8,
  complex: 8,
  dpcomplex: 16,
};

/**
 * The header of a TIFF or AVIF file, which only the decoder can tell.
 * @throws what the decoder throws
 */
export async function decoderHeader(content: Buffer, format: 'tiff' | 'avif'): Promise<HeaderDetails> {
  const metadata: Metadata = await sharp(content, { limitInputPixels: false }).metadata();
  const { width, height, channels, depth, space } = metadata;
  return {
    format,
    width,
    height,
    decodingBytesPerPixel: format === 'avif' ? 16 : 2 * channels * (bytesOfDepth[depth] ?? 4),
    grey16: space === 'grey16',
  };
}
