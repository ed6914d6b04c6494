import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { checkImages } from '../check-images.js';
import { decodeImage } from '../decode-image.js';
import { ImageFileError } from '../image-file-error.js';
import type { ImageHeader } from '../image-header.js';
import type { RgbImage } from '@stargan/resizing';
import { inspectImageHeader } from '../inspect-image-header.js';
import { pathBytes } from '../path-names.js';
import { readRegularFile } from '../regular-file.js';

/** What was found out about an image file. */
export interface ImageFacts {
  /** Size of the file. */
  readonly bytes: number;
  /** Such as `jpeg`; undefined where it cannot be recognised. */
  readonly format?: string;
  /** In pixels, as stored. */
  readonly width?: number;
  /** In pixels, as stored. */
  readonly height?: number;
  /** Why it is, or may be, read only in part; known of decoded images only. */
  readonly halfRead?: string;
  /** What is unusual about its levels; known of decoded images only. */
  readonly lowRange?: string;
  /** Whether it shows one colour; known of decoded images only. */
  readonly isEmpty?: boolean;
  /** A hash of its sides and pixels, upright; known of decoded images only. */
  readonly pixels?: string;
  /** Why it cannot be used; damage in the middle is known of decoded images only. */
  readonly fault?: string;
}

/**
 * Looks at an image file.
 *
 * @param file path, as this package finds files
 * @param decode also decodes it, to tell whether all of it is intact and what is unusual about its pixels
 */
export async function inspectImage(file: string, decode: boolean): Promise<ImageFacts> {
  const bytes = await stat(pathBytes(file)).then(
    ({ size }) => size,
    () => 0,
  );
  let header: ImageHeader | undefined;
  try {
    header = await inspectImageHeader(file);
    if (!decode) {
      const [broken] = await checkImages([file]);
      return { bytes, ...header, fault: broken?.reason };
    }
    const content = await readRegularFile(file);
    const image = await decodeImage(content, { name: file });
    const noted = image.notes === undefined ? {} : { lowRange: image.notes.join('; ') };
    const pixels = hashOfPixels(image);
    return { bytes, ...header, pixels, ...describePixels(image, header.format), ...noted, ...(await describeContent(content)) };
  } catch (error) {
    return { bytes, ...header, fault: error instanceof ImageFileError ? error.reason : (error as Error).message };
  }
}

function hashOfPixels({ width, height, data }: RgbImage): string {
  return createHash('sha256').update(`${width}×${height}`).update(data).digest('hex');
}

/** What the decoder does not report. */
async function describeContent(content: Buffer): Promise<Partial<ImageFacts>> {
  // Formats that sharp does not know have neither frames nor 16-bit channels worth mentioning.
  const metadata = await sharp(content, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (metadata === undefined) return {};
  const { pages = 1, depth } = metadata;
  return {
    ...(pages > 1 && { halfRead: `a file of ${pages} pictures, of which the first is read` }),
    ...(depth === 'ushort' && (await describeRange(content))),
  };
}

/** Of 16-bit channels the upper eight bits are read: of a 10-bit or 12-bit recording little is left. */
async function describeRange(content: Buffer): Promise<Pick<ImageFacts, 'lowRange'>> {
  try {
    const { channels } = await sharp(content, { limitInputPixels: false }).stats();
    const highest = Math.max(...channels.map(({ max }) => max));
    return highest >= 2 ** 14
      ? {}
      : { lowRange: `16-bit levels up to ${highest} of 65535 are read as 0 … ${highest >> 8} of 255: nearly black; stretch them first` };
  } catch {
    return {};
  }
}

function describePixels(image: RgbImage, format: string): Partial<ImageFacts> {
  const isEmpty = showsOneColour(image);
  const grey = format === 'jpeg' && !isEmpty ? greyRowsBelow(image) : 0;
  return { isEmpty, ...(grey > 0 && { halfRead: `the lowest ${grey} of ${image.height} rows are plain grey, as in a file cut short` }) };
}

/** Pixels that are examined to tell whether an image shows anything. */
const LOOKED_AT = 65_536;
/** Levels by which pixels of one colour may differ: compression and noise. */
const TOLERANCE = 4;

/** Whether all pixels, or of a large image many that are spread over it, are of nearly one colour. */
function showsOneColour({ width, height, data }: RgbImage): boolean {
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
function greyRowsBelow({ width, height, data }: RgbImage): number {
  let row = height;
  while (row > 0 && isGrey(data.subarray((row - 1) * width * 3, row * width * 3))) row -= 1;
  const rows = height - row;
  return rows >= Math.max(8, height * SUSPICIOUS_SHARE) ? rows : 0;
}

function isGrey(levels: Uint8Array): boolean {
  return levels.every((level) => level >= 127 && level <= 129);
}
