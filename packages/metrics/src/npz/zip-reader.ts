import { crc32, inflateRawSync } from 'node:zlib';
import { CENTRAL_SIGNATURE, END_SIGNATURE, LOCAL_SIGNATURE } from './zip-signatures.js';

/** Where a file of an archive lies. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly checksum: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;

/** An archive whose directory is read and checked; its files are read one by one. */
export interface ZipArchive {
  readonly names: readonly string[];
  /**
   * The content of one file, its checksum verified.
   *
   * @param largest more bytes than this are refused before they are unpacked
   * @throws when there is no such file, it is damaged, too large, or packed by another method than deflate
   */
  read(name: string, largest: number): Buffer;
}

/**
 * Reads a zip archive of plain files, stored or deflated, below 4 GiB, as data from strangers.
 *
 * @throws when the directory is not whole, or names a file twice
 */
export function openZip(bytes: Buffer): ZipArchive {
  const entries = new Map<string, Entry>();
  for (const entry of readDirectory(bytes)) {
    if (entries.has(entry.name)) throw new Error(`${JSON.stringify(entry.name)} is in the archive twice`);
    entries.set(entry.name, entry);
  }
  return {
    names: [...entries.keys()],
    read(name, largest) {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`there is no ${JSON.stringify(name)} in the archive`);
      return readEntry(bytes, entry, largest);
    },
  };
}

function* readDirectory(bytes: Buffer): Generator<Entry> {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  const size = bytes.readUInt32LE(end + 12);
  const start = bytes.readUInt32LE(end + 16);
  if (bytes.readUInt16LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count) throw new Error('archives in several parts are not read');
  if (start + size > end) throw new Error('the directory of the archive is out of range; the file is damaged, or larger than 4 GiB');
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > start + size || bytes.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw new Error('the directory of the archive is damaged');
    const next = at + 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (next > start + size) throw new Error('the directory of the archive is damaged');
    yield {
      name: bytes.toString('utf8', at + 46, at + 46 + bytes.readUInt16LE(at + 28)),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      method: bytes.readUInt16LE(at + 10),
      checksum: bytes.readUInt32LE(at + 16),
      compressedBytes: bytes.readUInt32LE(at + 20),
      bytes: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    };
    at = next;
  }
}

/** The end record stands last, but for a comment, and perhaps bytes that do not belong to the archive, as Python allows. */
function findEnd(bytes: Buffer): number {
  const earliest = Math.max(0, bytes.length - END_BYTES - LONGEST_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= earliest; at--) {
    if (bytes.readUInt32LE(at) === END_SIGNATURE && at + END_BYTES + bytes.readUInt16LE(at + 20) <= bytes.length) return at;
  }
  throw new Error('this is not a zip archive, or it is cut short');
}

function readEntry(bytes: Buffer, entry: Entry, largest: number): Buffer {
  const name = JSON.stringify(entry.name);
  if (entry.encrypted) throw new Error(`${name} is encrypted`);
  if (entry.bytes > largest) throw new Error(`${name} would have ${entry.bytes} bytes, more than ${largest}`);
  // Deflate shrinks by a factor of 1032 at most.
  if (entry.bytes > 1032 * (entry.compressedBytes + 1))
    throw new Error(`${name} is damaged: it would unpack from ${entry.compressedBytes} bytes to ${entry.bytes}`);
  if (entry.offset + 30 > bytes.length || bytes.readUInt32LE(entry.offset) !== LOCAL_SIGNATURE)
    throw new Error(`${name} is not where the directory says`);
  const start = entry.offset + 30 + bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28);
  if (start + entry.compressedBytes > bytes.length) throw new Error(`${name} is cut short`);
  const content = unpack(name, bytes.subarray(start, start + entry.compressedBytes), entry);
  if (content.length !== entry.bytes) throw new Error(`${name} must have ${entry.bytes} bytes, got ${content.length}`);
  if (crc32(content) !== entry.checksum) throw new Error(`${name} is damaged: its checksum is wrong`);
  return content;
}

function unpack(name: string, packed: Buffer, { method, bytes }: Entry): Buffer {
  if (method === 0) return packed;
  if (method !== 8) throw new Error(`${name} must be stored or deflated, got compression method ${method}`);
  try {
    // A stream that unpacks to more than it said is stopped there. (Zero is not a limit that zlib takes.)
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
  } catch (error) {
    throw new Error(`${name} is damaged: it does not unpack to ${bytes} bytes`, { cause: error });
  }
}
