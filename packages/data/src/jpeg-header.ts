import { ImageFault } from './image-file-error.js';
import type { HeaderDetails } from './image-header.js';

/** A marker segment of a JPEG file. */
export interface JpegSegment {
  /** The byte behind 0xff. */
  readonly marker: number;
  /** Where its content starts. */
  readonly start: number;
  /** Where its content ends; for markers without content, `start`. */
  readonly end: number;
}

const startOfScan = 0xda;
const endOfImage = 0xd9;

/**
 * The segments from `at` to the next start of a scan or the end of the image, both included. Bytes that stand between
 * segments are passed over, as decoders do. Ends where the content ends.
 */
export function* jpegSegments(content: Buffer, at = 2): Generator<JpegSegment> {
  for (;;) {
    at = content.indexOf(0xff, at);
    if (at < 0) return;
    while (content[at] === 0xff) at++;
    const marker = content[at++];
    if (marker === undefined) return;
    if (marker === 0) continue;
    if (marker === endOfImage) {
      yield { marker, start: at, end: at };
      return;
    }
    if (marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (at + 2 > content.length) return;
    const end = at + Math.max(content.readUInt16BE(at), 2);
    if (end > content.length) return;
    yield { marker, start: at + 2, end };
    if (marker === startOfScan) return;
    at = end;
  }
}

/** Whether a marker starts a frame: every C0 to CF that is no table (C4, CC) and not reserved (C8). */
export function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/**
 * @param whole whether `content` is the whole file, rather than its start
 * @returns `undefined` when the header lies behind the content given
 * @throws ImageFault for a header that no reader takes, and for kinds of JPEG that are not read
 */
export function jpegHeader(content: Buffer, whole: boolean): HeaderDetails | undefined {
  for (const { marker, start, end } of jpegSegments(content)) {
    if (marker === 0xf7) throw notRead('JPEG-LS');
    if (marker === startOfScan || marker === endOfImage)
      throw new ImageFault('damaged', 'corrupt (no header, SOF, stands before the picture)');
    if (startsFrame(marker)) return frameHeader(marker, content.subarray(start, end));
  }
  if (whole) throw new ImageFault('damaged', 'truncated (the file ends within the header)');
  return undefined;
}

function frameHeader(marker: number, frame: Buffer): HeaderDetails {
  if (frame.length < 6) throw new ImageFault('damaged', 'corrupt (the header, SOF, is cut short)');
  const precision = frame[0]!;
  const [height, width, components] = [frame.readUInt16BE(1), frame.readUInt16BE(3), frame[5]!];
  if (marker === 0xc3 || marker === 0xcb) throw notRead('a lossless JPEG');
  if (marker >= 0xc5 && marker !== 0xc9 && marker !== 0xca) throw notRead('a hierarchical JPEG');
  if (precision === 12 || precision === 16) throw notRead(`a JPEG of ${precision} bits a channel`);
  if (precision !== 8) throw new ImageFault('damaged', `corrupt (the header says ${precision} bits a channel)`);
  if (frame.length !== 6 + components * 3)
    throw new ImageFault('damaged', `corrupt (the header does not describe its ${components} channels)`);
  if (width === 0) throw new ImageFault('damaged', `corrupt (the header says ${width}×${height} pixels)`);
  if (height === 0) throw notRead('a JPEG whose height stands behind the pixels (DNL)');
  const progressive = marker === 0xc2 || marker === 0xca;
  // A progressive picture is kept as coefficients of two bytes until its last scan.
  return { format: 'jpeg', width, height, decodingBytesPerPixel: progressive ? 2 * components : components + 1 };
}

function notRead(kind: string): ImageFault {
  return new ImageFault('unsupported', `${kind}, which is not read`);
}
