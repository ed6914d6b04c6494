import type { Sharp } from 'sharp';

/** Pixels as a decoder gives them: rows from the top, `channels` values a pixel. */
export interface RawPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Buffer;
  /** What is odd about the file. */
  readonly note?: string;
}

/** Encodes what `image` was told to, with its size. */
export async function rawPixels(image: Sharp): Promise<RawPixels> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

/** The upper byte of every value of two. */
export function upperBytes(data: Buffer): Buffer {
  return Buffer.from(sixteenBits(data).map((value) => value >> 8));
}

/** A level a pixel of grey of 16 bits without alpha. */
export async function grey16Levels(image: Sharp): Promise<{ width: number; height: number; levels: Uint16Array }> {
  const { width, height, channels, data } = await rawPixels(image.toColourspace('grey16').raw({ depth: 'ushort' }));
  const values = sixteenBits(data);
  return { width, height, levels: channels === 1 ? values : values.filter((_, i) => i % channels === 0) };
}

/** The largest level of twelve bits: files of cameras and scanners that have no more often come in sixteen. */
const twelveBits = 4095;

/**
 * What is said of grey of more than eight bits that comes out all but black.
 *
 * @param highest the highest level that it holds
 * @param full the level that is read as white
 */
export function lowRangeNote(highest: number, full = 65_535): string | undefined {
  if (highest === 0 || highest / full > twelveBits / 65_535) return undefined;
  const bound = full === 65_535 ? (highest <= 255 ? 255 : twelveBits) : highest;
  return `16-bit grey with no level above ${bound}, which is read as black or nearly so; scale its levels to ${full}, or save it with 8 bits`;
}

/** Grey of 16 bits by its upper eight. What would come out all but black is noted. */
export async function upperBitsOfGrey(image: Sharp): Promise<RawPixels> {
  const { width, height, levels } = await grey16Levels(image);
  const data = Buffer.allocUnsafe(levels.length);
  let largest = 0;
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]!;
    data[i] = level >> 8;
    if (level > largest) largest = level;
  }
  const note = lowRangeNote(largest);
  return { width, height, channels: 1, data, ...(note !== undefined && { note }) };
}

function sixteenBits(data: Buffer): Uint16Array {
  return new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
}
