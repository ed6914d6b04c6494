import sharp, { type Sharp } from 'sharp';
import { decodeBmp } from './bmp.js';
import { decodeAsPillow, rawPixels, type RawPixels } from './decode-as-pillow.js';
import type { DecodeOptions } from './decode-image.js';
import { decoderReason } from './decoder-reason.js';
import { decodingGate } from './decoding-gate.js';
import { ImageFault } from './image-file-error.js';
import type { HeaderDetails } from './image-header.js';
import { requirePixels } from './image-limits.js';
import type { RgbImage } from './image.js';
import { headerOf } from './inspect-image-header.js';
import { jpegDamage } from './jpeg-damage.js';
import { pngFault } from './png-chunks.js';
import { withFirstFrameOpaque } from './gif-first-frame.js';
import { withOrientationInFront } from './png-orientation.js';
import { decodePnm } from './pnm.js';
import type { OpenedFile } from './regular-file.js';

/** Bytes of memory that decodings of one thread may take together. */
const memoryBudget = 2 ** 30;

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

/** What decoding takes at its largest, all told: the result, and the picture in the decoder's own form. */
function decodingBytes({ width, height, bytesPerPixel, wholeAtOnce }: HeaderDetails): number {
  return width * height * (3 + (wholeAtOnce ? bytesPerPixel * 2 : 0));
}

async function decode(content: Buffer, header: HeaderDetails, reading: Settings['reading'], onWarning?: (text: string) => void): Promise<RgbImage> {
  if (header.format === 'bmp') return decodeBmp(content);
  if (header.format === 'pnm') return decodePnm(content, reading === 'pillow');
  const damage = header.format === 'jpeg' ? jpegDamage(content) : undefined;
  if (damage !== undefined) throw new ImageFault('damaged', `truncated or corrupt (${damage})`);
  const open = (bytes: Buffer): Sharp => {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: false, ignoreIcc: true });
    return onWarning === undefined ? image : image.on('warning', onWarning);
  };
  const decoded = await (reading === 'pillow' ? decodeAsPillow(content, header.format, open) : decodeUpright(content, header.format, open));
  return { width: decoded.width, height: decoded.height, data: threeChannels(decoded) };
}

async function decodeForReason(content: Buffer, header: HeaderDetails, reading: Settings['reading']): Promise<RgbImage> {
  const warnings: string[] = [];
  try {
    return await decode(content, header, reading, (text) => warnings.push(text));
  } catch (error) {
    const known = header.format === 'png' ? pngFault(content) : undefined;
    throw new ImageFault('damaged', `truncated or corrupt (${known ?? decoderReason(error, warnings)})`);
  }
}

function decodeUpright(content: Buffer, format: HeaderDetails['format'], open: (content: Buffer) => Sharp): Promise<RawPixels> {
  const prepared = format === 'png' ? withOrientationInFront(content) : format === 'gif' ? withFirstFrameOpaque(content) : content;
  return rawPixels(open(prepared).autoOrient().removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' }));
}

function threeChannels({ data, channels }: RawPixels): Uint8Array {
  // A plain Uint8Array: a Buffer would lose its class on the way to another thread, and with it equality.
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) pixels.fill(data[from]!, to, to + 3);
  return pixels;
}
