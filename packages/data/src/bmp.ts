import { ImageFault } from './image-file-error.js';
import type { HeaderDetails } from './image-header.js';
import type { RgbImage } from '@stargan/resizing';

const compressions = { none: 0, runs8: 1, runs4: 2, masks: 3, alphaMasks: 6 } as const;

interface BmpHeader extends HeaderDetails {
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly pixels: number;
  readonly palette: { readonly start: number; readonly bytes: number; readonly colours: number };
  readonly masks: readonly [number, number, number];
}

/** @throws ImageFault for a header that no reader takes, and for kinds of BMP that are not read */
export function bmpHeader(content: Buffer): BmpHeader {
  const size = content.length < 18 ? 0 : content.readUInt32LE(14);
  if (content.length < 14 + size || size < 12) throw new ImageFault('damaged', 'truncated (the file ends within the header)');
  const old = size < 40;
  const width = old ? content.readUInt16LE(18) : content.readInt32LE(18);
  const signedHeight = old ? content.readUInt16LE(20) : content.readInt32LE(22);
  const bits = content.readUInt16LE(old ? 24 : 28);
  const compression = old ? compressions.none : content.readUInt32LE(30);
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw new ImageFault('damaged', `corrupt (the header says ${width}×${signedHeight} pixels)`);
  if (![1, 2, 4, 8, 16, 24, 32].includes(bits)) throw new ImageFault('damaged', `corrupt (the header says ${bits} bits a pixel)`);
  if (!isRead(bits, compression))
    throw new ImageFault('unsupported', `a BMP of ${bits} bits with compression ${compression}, which is not read`);
  const masked = compression === compressions.masks || compression === compressions.alphaMasks;
  // Masks follow a header of 40 bytes and are part of a longer one: the same place.
  if (masked && content.length < 66) throw new ImageFault('damaged', 'truncated (the file ends within the header)');
  const masks = masked
    ? [54, 58, 62].map((at) => content.readUInt32LE(at))
    : bits === 16
      ? [0x7c00, 0x3e0, 0x1f]
      : [0xff0000, 0xff00, 0xff];
  const start = 14 + size + (masked && size === 40 ? (compression === compressions.alphaMasks ? 16 : 12) : 0);
  const used = old ? 0 : content.readUInt32LE(46);
  const colours = bits > 8 ? 0 : used === 0 ? 2 ** bits : Math.min(used, 2 ** bits);
  return {
    format: 'bmp',
    width,
    height,
    decodingBytesPerPixel: 1,
    topDown: signedHeight < 0,
    bits,
    compression,
    pixels: content.readUInt32LE(10),
    palette: { start, bytes: old ? 3 : 4, colours },
    masks: masks as [number, number, number],
  };
}

function isRead(bits: number, compression: number): boolean {
  if (compression === compressions.none) return true;
  if (compression === compressions.runs8) return bits === 8;
  if (compression === compressions.runs4) return bits === 4;
  return (compression === compressions.masks || compression === compressions.alphaMasks) && (bits === 16 || bits === 32);
}

/**
 * Decodes a BMP file as Pillow does: alpha is dropped, channels of fewer than eight bits are scaled to 255 and rounded
 * down, pixels that a run leaves out have the palette's first colour.
 *
 * @throws ImageFault when it is truncated or of a kind that is not read
 */
export function decodeBmp(content: Buffer): RgbImage {
  const header = bmpHeader(content);
  const { width, height, bits, topDown } = header;
  const data = new Uint8Array(width * height * 3);
  const rowOf = (y: number): number => (topDown ? y : height - 1 - y) * width * 3;
  const colour = bits <= 8 ? paletteColour(content, header) : maskedColour(header);
  if (header.compression === compressions.runs8 || header.compression === compressions.runs4) {
    const indices = runs(content, header);
    for (let y = 0, from = 0; y < height; y++) for (let x = 0, to = rowOf(y); x < width; x++, to += 3) colour(indices[from++]!, data, to);
    return { width, height, data };
  }
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const lastRowBytes = Math.ceil((width * bits) / 8);
  if (header.pixels + rowBytes * (height - 1) + lastRowBytes > content.length)
    throw new ImageFault('damaged', 'truncated (the file ends within the pixels)');
  const value = pixelValue(content, bits);
  for (let y = 0; y < height; y++) {
    const row = header.pixels + y * rowBytes;
    for (let x = 0, to = rowOf(y); x < width; x++, to += 3) colour(value(row, x), data, to);
  }
  return { width, height, data };
}

type Colour = (value: number, target: Uint8Array, to: number) => void;

function pixelValue(content: Buffer, bits: number): (row: number, x: number) => number {
  if (bits === 8) return (row, x) => content[row + x]!;
  if (bits === 16) return (row, x) => content.readUInt16LE(row + x * 2);
  if (bits === 24) return (row, x) => content.readUIntLE(row + x * 3, 3);
  if (bits === 32) return (row, x) => content.readUInt32LE(row + x * 4);
  const perByte = 8 / bits;
  return (row, x) => (content[row + Math.floor(x / perByte)]! >> (8 - bits - (x % perByte) * bits)) & (2 ** bits - 1);
}

function paletteColour(content: Buffer, { palette }: BmpHeader): Colour {
  const { start, bytes, colours } = palette;
  return (index, target, to) => {
    const from = start + index * bytes;
    if (index >= colours || from + 3 > content.length) return;
    target[to] = content[from + 2]!;
    target[to + 1] = content[from + 1]!;
    target[to + 2] = content[from]!;
  };
}

function maskedColour({ masks }: BmpHeader): Colour {
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, largest: mask === 0 ? 1 : mask >>> shift };
  });
  return (value, target, to) => {
    for (const { mask, shift, largest } of channels) target[to++] = Math.floor((((value & mask) >>> shift) * 255) / largest);
  };
}

/** The palette's indices of a run-length encoded picture, in the order of the file. */
function runs(content: Buffer, { width, height, bits, pixels }: BmpHeader): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [x, y] = [0, 0];
  const put = (index: number): void => {
    if (x < width && y < height) indices[y * width + x] = index;
    x += 1;
  };
  const half = (byte: number, i: number): number => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  for (let at = pixels; ;) {
    if (at + 2 > content.length) throw new ImageFault('damaged', 'truncated (the file ends within the pixels)');
    const [count, second] = [content[at]!, content[at + 1]!];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(half(second, i));
    } else if (second === 0) {
      [x, y] = [0, y + 1];
    } else if (second === 1) {
      return indices;
    } else if (second === 2) {
      if (at + 2 > content.length) throw new ImageFault('damaged', 'truncated (the file ends within the pixels)');
      x += content[at]!;
      y += content[at + 1]!;
      at += 2;
    } else {
      const bytes = bits === 8 ? second : Math.ceil(second / 2);
      if (at + bytes > content.length) throw new ImageFault('damaged', 'truncated (the file ends within the pixels)');
      for (let i = 0; i < second; i++) put(half(content[at + (bits === 8 ? i : i >> 1)]!, i));
      at += bytes + (bytes % 2);
    }
    if (y >= height) return indices;
  }
}
