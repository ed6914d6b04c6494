import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { writeFully } from '../byte-transfer.js';

/** An entry that has been written, uncompressed. */
export interface WrittenEntry {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  /** First byte of the entry's own header. */
  readonly begin: number;
}

const NEEDS_64_BITS = 0xffffffff;
const NEEDS_32_BITS = 0xffff;
// As torch.save has it, so that the content can be mapped into memory.
const ALIGNMENT = 64;
const PADDING_ID = 0x4246;
const ZIP64_ID = 0x0001;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01, the first day that a zip archive knows: equal contents give equal files. */
const DATE = 0x0021;

/** Bytes of little-endian numbers, each with its width. */
function fields(...values: readonly (readonly [value: number, width: 2 | 4 | 8])[]): Uint8Array {
  const bytes = Buffer.alloc(values.reduce((sum, [, width]) => sum + width, 0));
  let at = 0;
  for (const [value, width] of values) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}

const capped = (value: number): number => Math.min(value, NEEDS_64_BITS);

/** Header before an entry's content, padded so that the content begins at a multiple of 64. */
export function localHeader({ name, size, crc, begin }: WrittenEntry): Uint8Array {
  const label = new TextEncoder().encode(name);
  const large = size >= NEEDS_64_BITS ? fields([ZIP64_ID, 2], [16, 2], [size, 8], [size, 8]) : new Uint8Array();
  const unpadded = begin + 30 + label.byteLength + large.byteLength + 4;
  const padding = (ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT;
  const fixed = fields(
    [0x04034b50, 4],
    [large.byteLength > 0 ? 45 : 20, 2],
    [FLAGS, 2],
    [0, 2],
    [0, 2],
    [DATE, 2],
    [crc, 4],
    [capped(size), 4],
    [capped(size), 4],
    [label.byteLength, 2],
    [large.byteLength + 4 + padding, 2],
  );
  return Buffer.concat([fixed, label, large, fields([PADDING_ID, 2], [padding, 2]), new Uint8Array(padding)]);
}

/** An entry's line in the table of contents. */
function centralHeader({ name, size, crc, begin }: WrittenEntry): Uint8Array {
  const label = new TextEncoder().encode(name);
  const wide: (readonly [number, 8])[] = [];
  if (size >= NEEDS_64_BITS) wide.push([size, 8], [size, 8]);
  if (begin >= NEEDS_64_BITS) wide.push([begin, 8]);
  const large = wide.length > 0 ? fields([ZIP64_ID, 2], [8 * wide.length, 2], ...wide) : new Uint8Array();
  const version = large.byteLength > 0 ? 45 : 20;
  const fixed = fields(
    [0x02014b50, 4],
    [version, 2],
    [version, 2],
    [FLAGS, 2],
    [0, 2],
    [0, 2],
    [DATE, 2],
    [crc, 4],
    [capped(size), 4],
    [capped(size), 4],
    [label.byteLength, 2],
    [large.byteLength, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [capped(begin), 4],
  );
  return Buffer.concat([fixed, label, large]);
}

/** What follows the last entry: the table of contents, which begins at byte `begin`, and where to find it. */
export function zipEnd(entries: readonly WrittenEntry[], begin: number): Uint8Array {
  const table = Buffer.concat(entries.map(centralHeader));
  const count = entries.length;
  const large = begin >= NEEDS_64_BITS || count >= NEEDS_32_BITS;
  const end64 = large
    ? [
        fields([0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4], [count, 8], [count, 8], [table.byteLength, 8], [begin, 8]),
        fields([0x07064b50, 4], [0, 4], [begin + table.byteLength, 8], [1, 4]),
      ]
    : [];
  const listed = Math.min(count, NEEDS_32_BITS);
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], [listed, 2], [listed, 2], [capped(table.byteLength), 4], [capped(begin), 4], [0, 2]);
  return Buffer.concat([table, ...end64, end]);
}

/** Writes a zip archive, entry by entry, uncompressed; larger than 4 GiB where need be. */
export function zipWriter(handle: FileHandle): { add(name: string, content: Uint8Array): Promise<void>; end(): Promise<void> } {
  const entries: WrittenEntry[] = [];
  let position = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await writeFully(handle, bytes);
    position += bytes.byteLength;
  };
  return {
    async add(name, content) {
      const entry = { name, size: content.byteLength, crc: crc32(content), begin: position };
      await write(localHeader(entry));
      await write(content);
      entries.push(entry);
    },
    end: () => write(zipEnd(entries, position)),
  };
}
