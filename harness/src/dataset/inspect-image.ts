import { decodeImage, ImageFileError, readRegularFile, withRegularFile, type RgbImage } from '@stargan/data';
import sharp, { type Metadata } from 'sharp';

/** What was found out about an image file. */
export interface ImageFacts {
  /** Size of the file. */
  readonly bytes: number;
  /** Such as `jpeg`; undefined where it cannot be told. */
  readonly format?: string;
  /** In pixels, as stored. */
  readonly width?: number;
  /** In pixels, as stored. */
  readonly height?: number;
  /** Why it is read in part, or perhaps so. */
  readonly halfRead?: string;
  /** What is odd about its levels. */
  readonly lowRange?: string;
  /** Whether it shows one colour; known of decoded images only. */
  readonly isEmpty?: boolean;
  /** Why it cannot be used; known of decoded images only. */
  readonly fault?: string;
}

/** Enough for the header of most files; of others all is read. */
const HEADER_BYTES = 64 * 1024;

/**
 * Looks at an image file.
 *
 * @param file path, as `@stargan/data` finds files
 * @param decode also decodes it: tells whether it is whole, and whether it shows anything
 */
export async function inspectImage(file: string, decode: boolean): Promise<ImageFacts> {
  let bytes = 0;
  try {
    const { size, start } = await withRegularFile(file, async (handle, size) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, HEADER_BYTES)), 0, Math.min(size, HEADER_BYTES), 0);
      return { size, start: buffer.subarray(0, bytesRead) };
    });
    bytes = size;
    const metadata = (await metadataOf(start)) ?? (size > start.length ? await metadataOf(await readRegularFile(file)) : undefined);
    const described = metadata === undefined ? {} : await describe(file, metadata);
    return { bytes, ...described, ...(decode && (await describePixels(file, metadata?.format))) };
  } catch (error) {
    return { bytes, fault: `cannot be read (${(error as Error).message})` };
  }
}

type Header = Pick<Metadata, 'format' | 'width' | 'height' | 'depth' | 'pages'>;

const PNG_START = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

async function metadataOf(content: Buffer): Promise<Header | undefined> {
  // The decoder wants the whole of a PNG, which says all of this at its beginning.
  if (content.length > 24 && content.subarray(0, 16).equals(PNG_START)) return { format: 'png', width: content.readUInt32BE(16), height: content.readUInt32BE(20), depth: content[24] === 16 ? 'ushort' : 'uchar' };
  try {
    return await sharp(content, { limitInputPixels: false }).metadata();
  } catch {
    return undefined;
  }
}

async function describe(file: string, { format, width, height, depth, pages = 1 }: Header): Promise<Partial<ImageFacts>> {
  return {
    format,
    width,
    height,
    ...(pages > 1 && { halfRead: `an animation of ${pages} frames, of which the first is read` }),
    ...(depth === 'ushort' && (await describeRange(file))),
  };
}

/** Of 16-bit channels the upper eight bits are read: of a 10-bit or 12-bit recording little is left. */
async function describeRange(file: string): Promise<Pick<ImageFacts, 'lowRange'>> {
  try {
    const { channels } = await sharp(await readRegularFile(file)).stats();
    const highest = Math.max(...channels.map(({ max }) => max));
    return highest >= 2 ** 14 ? {} : { lowRange: `16-bit levels up to ${highest} of 65535 are read as 0 … ${highest >> 8} of 255: nearly black; stretch them first` };
  } catch {
    return {};
  }
}

async function describePixels(file: string, format: string | undefined): Promise<Partial<ImageFacts>> {
  const image = await decodeImage(file).catch((error: unknown) => {
    if (error instanceof ImageFileError) return error;
    throw error;
  });
  if (image instanceof ImageFileError) return { fault: image.reason };
  const isEmpty = showsOneColour(image);
  const grey = format === 'jpeg' && !isEmpty ? greyRowsBelow(image) : 0;
  return { isEmpty, ...(grey > 0 && { halfRead: `the lowest ${grey} of ${image.height} rows are plain grey, as in a file cut short` }) };
}

/** Pixels that are looked at to tell whether an image shows anything. */
const LOOKED_AT = 65_536;
/** Levels by which pixels of one colour may differ: compression and noise. */
const TOLERANCE = 4;

/** Whether all pixels, or of a large image many that are spread over it, are of nearly one colour. */
export function showsOneColour({ width, height, data }: RgbImage): boolean {
  const pixels = width * height;
  const step = Math.max(1, Math.floor(pixels / LOOKED_AT));
  const lowest = [255, 255, 255];
  const highest = [0, 0, 0];
  for (let pixel = 0; pixel < pixels; pixel += step) {
    for (let channel = 0; channel < 3; channel++) {
      const level = data[3 * pixel + channel]!;
      lowest[channel] = Math.min(lowest[channel]!, level);
      highest[channel] = Math.max(highest[channel]!, level);
    }
  }
  return highest.every((level, channel) => level - lowest[channel]! <= TOLERANCE);
}

/** Share of an image's rows from which on plain grey is suspicious. */
const SUSPICIOUS_SHARE = 1 / 16;

/** Rows at the bottom that are middle grey, which decoders put where data is missing; 0 where it is few. */
export function greyRowsBelow({ width, height, data }: RgbImage): number {
  let row = height;
  while (row > 0 && isGrey(data.subarray((row - 1) * width * 3, row * width * 3))) row -= 1;
  const rows = height - row;
  return rows >= Math.max(8, height * SUSPICIOUS_SHARE) ? rows : 0;
}

function isGrey(levels: Uint8Array): boolean {
  return levels.every((level) => level >= 127 && level <= 129);
}
