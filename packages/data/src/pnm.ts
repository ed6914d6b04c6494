import { ImageFault } from './image-file-error.js';
import type { HeaderDetails } from './image-header.js';
import type { RgbImage } from '@stargan/resizing';
import { plainValues } from './plain-pnm.js';
import { lowRangeNote } from './raw-pixels.js';

interface PnmHeader extends HeaderDetails {
  readonly kind: 'bits' | 'grey' | 'colour';
  /** Whether the pixels are numbers in text. */
  readonly isPlain: boolean;
  readonly largest: number;
  /** Where the pixels start. */
  readonly pixels: number;
}

const kinds = { P1: 'bits', P2: 'grey', P3: 'colour', P4: 'bits', P5: 'grey', P6: 'colour' } as const;

/** @throws ImageFault for a header that no reader takes */
export function pnmHeader(content: Buffer): PnmHeader {
  const magic = content.toString('latin1', 0, 2) as keyof typeof kinds;
  const kind = kinds[magic];
  let at = 2;
  const number = (): number => {
    const [text, digits] = /^(?:\s|#[^\n\r]*[\n\r])+(\d{1,9})/.exec(content.toString('latin1', at, at + 4096)) ?? [];
    if (text === undefined) throw new ImageFault('damaged', 'truncated or corrupt (the header does not hold its numbers)');
    at += text.length;
    return Number(digits);
  };
  const [width, height] = [number(), number()];
  const largest = kind === 'bits' ? 1 : number();
  if (width === 0 || height === 0) throw new ImageFault('damaged', `corrupt (the header says ${width}×${height} pixels)`);
  if (largest === 0 || largest > 65_535) throw new ImageFault('damaged', `corrupt (the header says a largest level of ${largest})`);
  return {
    format: 'pnm',
    width,
    height,
    decodingBytesPerPixel: magic < 'P4' ? 6 : 0,
    kind,
    isPlain: magic < 'P4',
    largest,
    pixels: at + 1,
  };
}

/**
 * Decodes a PBM, PGM or PPM file, binary or in plain text; levels are scaled to 255 and rounded, as Pillow does it.
 *
 * @param clipGrey16 grey of more than eight bits is scaled to 65535 and clipped at 255, as Pillow does it, rather than scaled to 255
 * @throws ImageFault when it is truncated or holds what is no level
 */
export function decodePnm(content: Buffer, clipGrey16 = false): RgbImage {
  const { kind, isPlain, width, height, largest, pixels } = pnmHeader(content);
  const values = width * height * (kind === 'colour' ? 3 : 1);
  const plain = isPlain
    ? plainValues(content, { from: pixels, count: values, kind: kind === 'bits' ? kind : 'numbers', largest })
    : undefined;
  const rowBytes = kind === 'bits' ? Math.ceil(width / 8) : width * (kind === 'colour' ? 3 : 1) * (largest > 255 ? 2 : 1);
  if (!isPlain && pixels + rowBytes * height > content.length)
    throw new ImageFault('damaged', 'truncated (the file ends within the pixels)');
  const data = new Uint8Array(width * height * 3);
  if (kind === 'bits') {
    if (plain !== undefined) {
      plain.forEach((bit, i) => data.fill(bit === 1 ? 0 : 255, i * 3, i * 3 + 3));
      return { width, height, data };
    }
    for (let y = 0, to = 0; y < height; y++) {
      const row = pixels + y * rowBytes;
      for (let x = 0; x < width; x++, to += 3) data.fill((content[row + (x >> 3)]! >> (7 - (x & 7))) & 1 ? 0 : 255, to, to + 3);
    }
    return { width, height, data };
  }
  const raw = (i: number): number => plain?.[i] ?? (largest > 255 ? content.readUInt16BE(pixels + i * 2) : content[pixels + i]!);
  const level = levelOf(largest, clipGrey16 && kind === 'grey');
  let highest = 0;
  for (let i = 0; i < values; i++) {
    const value = raw(i);
    if (value > highest) highest = value;
    if (kind === 'colour') data[i] = level(value);
    else data.fill(level(value), i * 3, i * 3 + 3);
  }
  const note = kind === 'grey' && largest > 255 && !clipGrey16 ? lowRangeNote(highest, largest) : undefined;
  return { width, height, data, ...(note !== undefined && { notes: [note] }) };
}

function levelOf(largest: number, clip: boolean): (value: number) => number {
  if (largest === 255) return (value) => value;
  if (clip && largest > 255) return (value) => Math.min(roundHalfToEven((value / largest) * 65_535), 255);
  return (value) => Math.min(roundHalfToEven((value / largest) * 255), 255);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
