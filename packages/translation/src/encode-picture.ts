import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '@stargan/training';
import type { Placement } from './fit.js';

/** A format that pictures are written in. */
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** All values of {@link PictureFormat}. */
export const PICTURE_FORMATS = ['png', 'jpeg', 'webp'] as const;

/** Ending of a file's name, and the longest side that the format has. */
const FORMATS: Readonly<Record<PictureFormat, { readonly ending: string; readonly longestSide: number }>> = {
  png: { ending: '.png', longestSide: 2 ** 31 - 1 },
  jpeg: { ending: '.jpg', longestSide: 65_535 },
  webp: { ending: '.webp', longestSide: 16_383 },
};

/** How a translated picture is written. */
export interface PictureEncoding {
  /** The format. */
  readonly format: PictureFormat;
  /** 1 to 100, for JPEG and WebP. */
  readonly quality: number;
  /** `model`: as many pixels as the model gives; `source`: as many as were taken of the source. */
  readonly size: PictureSize;
}

/** Which size translated pictures have. */
export type PictureSize = (typeof PICTURE_SIZES)[number];

/** All values of {@link PictureSize}. */
export const PICTURE_SIZES = ['model', 'source'] as const;

/** The ending of the names of files. */
export const endingOf = (format: PictureFormat): string => FORMATS[format].ending;

/** Whether a format has pictures of this size. */
export const holdsSize = (format: PictureFormat, width: number, height: number): boolean =>
  Math.max(width, height) <= FORMATS[format].longestSide;

/** The longest side that pictures of a format have. */
export const longestSideOf = (format: PictureFormat): number => FORMATS[format].longestSide;

/** What the model gave for a picture as a file's content: without what filled up the square, and of the size that is wanted. */
export function encodePicture(pixels: Pixels, { taken, placed }: Placement, { format, quality, size }: PictureEncoding): Promise<Buffer> {
  const { width, height, data } = pixels;
  let image = rawImage(data, width, height);
  if (placed.width !== width || placed.height !== height) image = image.extract(placed);
  if (size === 'source') image = image.resize(taken.width, taken.height, { fit: 'fill', kernel: 'cubic' });
  return encoded(image, format, quality).toBuffer();
}

/** Pixels of our own in memory: the limit on pixels is for files from elsewhere. */
function rawImage(data: Uint8Array, width: number, height: number): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

function encoded(image: Sharp, format: PictureFormat, quality: number): Sharp {
  if (format === 'png') return image.png();
  return format === 'jpeg' ? image.jpeg({ quality, chromaSubsampling: '4:4:4' }) : image.webp({ quality });
}
