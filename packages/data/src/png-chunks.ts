import { crc32 } from 'node:zlib';
import { ImageFault } from './image-file-error.js';
import type { HeaderDetails } from './image-header.js';

/** One chunk of a PNG file. */
export interface PngChunk {
  readonly type: string;
  readonly data: Buffer;
  /** Where it starts in the file, its length field included. */
  readonly start: number;
  /** Whether the file holds all of it. */
  readonly whole: boolean;
  /** Whether the checksum is right; of a whole chunk only. */
  readonly intact: () => boolean;
}

export const pngSignatureBytes = 8;

/** The chunks of a PNG file, up to `IEND` or the end of the content. */
export function* pngChunks(content: Buffer): Generator<PngChunk> {
  for (let start = pngSignatureBytes; start + 8 <= content.length;) {
    const length = content.readUInt32BE(start);
    const end = start + 12 + length;
    const type = content.toString('latin1', start + 4, start + 8);
    const checked = content.subarray(start + 4, start + 8 + length);
    yield {
      type,
      data: checked.subarray(4),
      start,
      whole: end <= content.length,
      intact: () => crc32(checked) === content.readUInt32BE(end - 4),
    };
    if (type === 'IEND') return;
    start = end;
  }
}

const channelsOfColourType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const bitDepths: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

/** @throws ImageFault for a header that no reader takes, and for Apple's variant of PNG */
export function pngHeader(content: Buffer): HeaderDetails {
  const [first] = pngChunks(content);
  if (first?.whole !== true) throw new ImageFault('damaged', 'truncated (the file ends within the header)');
  if (first.type === 'CgBI') throw new ImageFault('unsupported', "a PNG in Apple's own variant (CgBI), which is not read");
  if (first.type !== 'IHDR' || first.data.length !== 13)
    throw new ImageFault('damaged', 'corrupt (the header, IHDR, is not the first chunk)');
  if (!first.intact()) throw new ImageFault('damaged', 'corrupt (the checksum of the header, IHDR, is wrong)');
  const [width, height] = [first.data.readUInt32BE(0), first.data.readUInt32BE(4)];
  const [depth, colourType, , , interlace] = first.data.subarray(8) as unknown as [number, number, number, number, number];
  if (width === 0 || height === 0) throw new ImageFault('damaged', `corrupt (the header says ${width}×${height} pixels)`);
  if (bitDepths[colourType]?.includes(depth) !== true) {
    throw new ImageFault('damaged', `corrupt (the header says colour type ${colourType} with ${depth} bits, which PNG does not have)`);
  }
  // One transparent level or colour becomes a channel of alpha while it is decoded.
  const channels = colourType === 3 ? 4 : channelsOfColourType[colourType]! + (colourType === 0 || colourType === 2 ? 1 : 0);
  const bytes = channels * (depth === 16 ? 2 : 1);
  // Of an interlaced picture nothing can be had before its end.
  return {
    format: 'png',
    width,
    height,
    decodingBytesPerPixel: interlace === 1 ? 2 * bytes - 1 : bytes + 1,
    grey16: depth === 16 && colourType !== 2 && colourType !== 6,
  };
}

const knownCriticalChunks = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);

/** Why a PNG file that was not decoded could not be, as far as its chunks tell. */
export function pngFault(content: Buffer): string | undefined {
  const seen = new Set<string>();
  for (const { type, start, whole, intact } of pngChunks(content)) {
    if (!/^[A-Za-z]{4}$/.test(type)) return `what stands at byte ${start} is no chunk`;
    if (!whole) return `the file ends within a chunk ${type}`;
    const critical = /^[A-Z]/.test(type);
    if (critical && !knownCriticalChunks.has(type)) return `it holds a chunk ${type}, which a reader must know and this one does not`;
    if (critical && !intact()) return `the checksum of a chunk ${type} is wrong`;
    if (type === 'IDAT' && content[25] === 3 && !seen.has('PLTE')) return 'the palette (PLTE) is missing';
    seen.add(type);
  }
  if (!seen.has('IDAT')) return 'it holds no pixels (IDAT)';
  if (!seen.has('IEND')) return 'the file ends before its last chunk (IEND)';
  return undefined;
}
