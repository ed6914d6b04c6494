import sharp, { type Sharp } from 'sharp';
import { decodeBmp } from './bmp.js';
import { decodeAsPillow } from './decode-as-pillow.js';
import type { DecodeOptions } from './decode-options.js';
import { decoderFault, decoderReason } from './decoder-reason.js';
import { decodingGate } from './decoding-gate.js';
import { ImageFault } from './image-file-error.js';
import type { HeaderDetails } from './image-header.js';
import { requirePixels } from './image-limits.js';
import type { RgbImage } from '@stargan/resizing';
import { headerOf } from './inspect-image-header.js';
import { checkJpegData } from './jpeg-damage.js';
import { pngFault } from './png-chunks.js';
import { withFirstFrameOpaque } from './gif-first-frame.js';
import { withOrientationInFront } from './png-orientation.js';
import { plainJpeg } from './plain-jpeg.js';
import { decodePnm } from './pnm.js';
import { rawPixels, upperBitsOfGrey, type RawPixels } from './raw-pixels.js';
import type { OpenedFile } from './regular-file.js';

/** Bytes of memory that decodings of one thread may take together. */
const memoryBudget = 2 ** 30;

/** A single picture that takes more than the budget is decoded alone; one that takes more than this is refused. */
const largestDecoding = 1.75 * 2 ** 30;

const gate = decodingGate(memoryBudget);

type Settings = Required<Pick<DecodeOptions, 'maxPixels' | 'reading'>>;

/**
 * Decodes a file once its header is known and memory allows it.
 * @throws ImageFault
 */
export async function decodeContent(file: OpenedFile, { maxPixels, reading }: Settings): Promise<RgbImage> {
  const header = await headerOf(file);
  requirePixels(header.width, header.height, maxPixels);
  const bytes = file.bytes + decodingBytes(header);
  try {
    return await gate.run(bytes, async () => decode(await file.all(), header, reading));
  } catch (error) {
    if (error instanceof ImageFault) throw error;
    // libvips collects what it has to say in one place for the whole process: alone, a picture is told its own faults.
    return gate.run(memoryBudget, async () => decodeForReason(await file.all(), header, reading));
  }
}

/** @throws ImageFault when decoding alone takes more than is allowed */
function decodingBytes({ width, height, decodingBytesPerPixel }: HeaderDetails): number {
  const bytes = width * height * (3 + decodingBytesPerPixel);
  if (bytes <= largestDecoding) return bytes;
  const gib = (value: number): string => (value / 2 ** 30).toFixed(2);
  throw new ImageFault(
    'too-large',
    `decoding its ${width}×${height} pixels takes about ${gib(bytes)} GiB, more than the limit of ${gib(largestDecoding)} GiB`,
    'make the image smaller, or save it with 8 bits a channel and without interlacing',
  );
}

async function decode(content: Buffer, header: HeaderDetails, reading: Settings['reading'], warnings?: string[]): Promise<RgbImage> {
  if (header.format === 'bmp') return decodeBmp(content);
  if (header.format === 'pnm') return decodePnm(content, reading === 'pillow');
  const verdict = header.format === 'jpeg' ? checkJpegData(content) : 'whole';
  if (typeof verdict === 'object') throw decoderFault(header.format, verdict.damage);
  // What is not known to be whole may have no warning; where it has one, the second time its harmless oddities are gone.
  const failOn = verdict === 'unchecked' ? 'warning' : 'error';
  const source = verdict === 'unchecked' && warnings !== undefined ? plainJpeg(content) : content;
  const open = (bytes: Buffer): Sharp => {
    const image = sharp(bytes, { failOn, limitInputPixels: false, ignoreIcc: true });
    return warnings === undefined ? image : image.on('warning', (text: string) => warnings.push(text));
  };
  const decoded = await (reading === 'pillow' ? decodeAsPillow(source, header.format, open) : decodeUpright(source, header, open));
  const { width, height, note } = decoded;
  return { width, height, data: threeChannels(decoded), ...(note !== undefined && { notes: [note] }) };
}

async function decodeForReason(content: Buffer, header: HeaderDetails, reading: Settings['reading']): Promise<RgbImage> {
  const warnings: string[] = [];
  try {
    return await decode(content, header, reading, warnings);
  } catch (error) {
    if (error instanceof ImageFault) throw error;
    const known = header.format === 'png' ? pngFault(content) : undefined;
    throw decoderFault(header.format, known ?? decoderReason(header.format, error, warnings));
  }
}

function decodeUpright(content: Buffer, { format, grey16 }: HeaderDetails, open: (content: Buffer) => Sharp): Promise<RawPixels> {
  const prepared = format === 'png' ? withOrientationInFront(content) : format === 'gif' ? withFirstFrameOpaque(content) : content;
  const image = open(prepared).autoOrient().removeAlpha();
  if (grey16 === true) return upperBitsOfGrey(image);
  return rawPixels(image.toColourspace('srgb').raw({ depth: 'uchar' }));
}

function threeChannels({ data, channels }: RawPixels): Uint8Array {
  // A plain Uint8Array: a Buffer would lose its class on the way to another thread, and with it equality.
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) pixels.fill(data[from]!, to, to + 3);
  return pixels;
}
