import { gifHeader, decoderHeader, webpHeader } from './other-headers.js';
import { bmpHeader } from './bmp.js';
import { decoderFault, decoderReason } from './decoder-reason.js';
import { ImageFault } from './image-file-error.js';
import { readFormats, recogniseImage, recognisedBytes } from './image-formats.js';
import type { HeaderDetails, ImageHeader } from './image-header.js';
import { defaultMaxPixels, requirePixels } from './image-limits.js';
import { jpegHeader } from './jpeg-header.js';
import { pngHeader } from './png-chunks.js';
import { pnmHeader } from './pnm.js';
import { withRegularFile, type OpenedFile } from './regular-file.js';

/** Options of {@link inspectImageHeader}. */
export interface InspectImageHeaderOptions {
  /** Largest number of pixels (width × height) that is allowed. Default 100,000,000. */
  maxPixels?: number | undefined;
}

/** Most headers lie within; a JPEG's may follow profiles and previews of any size. */
const headerBytes = 65_536;

/**
 * Reads the header of an image file, as a quick check of many: format and size are known and allowed, the pixels are not
 * looked at. Reads the first 64 KiB of most files; TIFF and AVIF, and JPEG with its header further behind, are read whole.
 *
 * @param file path of a file
 * @throws ImageFileError when the file is missing, no regular file, no picture, of a kind that is not read, too large, or
 *   its header is damaged; `problem` tells these apart
 */
export async function inspectImageHeader(file: string, options: InspectImageHeaderOptions = {}): Promise<ImageHeader> {
  const { maxPixels = defaultMaxPixels } = options;
  try {
    return await withRegularFile(file, async (opened) => {
      const { format, width, height } = await headerOf(opened);
      requirePixels(width, height, maxPixels);
      return { format, width, height };
    });
  } catch (error) {
    throw error instanceof ImageFault ? error.in(file) : error;
  }
}

/**
 * The header of a file, of which no more is read than that takes.
 * @throws ImageFault for what is no picture, of a kind that is not read, or damaged
 */
export async function headerOf(opened: OpenedFile): Promise<HeaderDetails> {
  const start = await opened.start(headerBytes);
  return (await headerIn(start, start.length === opened.bytes)) ?? (await headerIn(await opened.all(), true))!;
}

/**
 * @param content the start of a file, or all of it
 * @param whole which of both
 * @returns `undefined` when more of the file is needed
 * @throws ImageFault for what is no picture, of a kind that is not read, or damaged
 */
async function headerIn(content: Buffer, whole: boolean): Promise<HeaderDetails | undefined> {
  const format = requireRead(content);
  switch (format) {
    case 'jpeg':
      return jpegHeader(content, whole);
    case 'png':
      return pngHeader(content);
    case 'webp':
      return webpHeader(content);
    case 'gif':
      return gifHeader(content);
    case 'bmp':
      return bmpHeader(content);
    case 'pnm':
      return pnmHeader(content);
    case 'tiff':
    case 'avif':
      return whole ? decoderHeaderOrFault(content, format) : undefined;
  }
}

async function decoderHeaderOrFault(content: Buffer, format: 'tiff' | 'avif'): Promise<HeaderDetails> {
  try {
    return await decoderHeader(content, format);
  } catch (error) {
    throw decoderFault(format, decoderReason(format, error));
  }
}

function requireRead(content: Buffer): NonNullable<ReturnType<typeof recogniseImage>>['format'] & string {
  if (content.length === 0) throw new ImageFault('damaged', 'the file is empty (0 bytes)');
  const recognised = recogniseImage(content.subarray(0, recognisedBytes));
  if (recognised === undefined) throw new ImageFault('not-an-image', `not a ${readFormats} image`);
  if (recognised.format === undefined) throw new ImageFault('unsupported', `a picture of a kind that is not read (${recognised.name})`);
  return recognised.format;
}
