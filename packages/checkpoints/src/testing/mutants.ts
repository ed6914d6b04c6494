import { crc32 } from 'node:zlib';

/** Numbers in [0, 1) that a seed decides. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TELLING_BYTES = [0, 1, 0x28, 0x29, 0x30, 0x5b, 0x5d, 0x7b, 0x7d, 0x22, 0x5c, 0x7f, 0x80, 0xfe, 0xff];
const TELLING_NUMBERS = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  0x1_0000_0000n,
  2n ** 53n,
  2n ** 60n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];
const WORDS = ['9999999999', '-1', '1e9', '1.0', 'null', '"', '\\ud800', '\\', '[[[[', '{{', '__proto__', '\n', 'builtins', 'eval', 'neg'];

type Change = (bytes: Buffer, at: number, random: () => number) => Buffer;

const replaced = (bytes: Buffer, at: number, length: number, piece: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + length)]);
const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!;
const some = (most: number, random: () => number): number => 1 + Math.floor(random() * most);

const CHANGES: readonly Change[] = [
  (bytes, at, random) => replaced(bytes, at, 1, Buffer.of((bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8)))),
  (bytes, at, random) => replaced(bytes, at, 1, Buffer.of(Math.floor(random() * 256))),
  (bytes, at, random) => replaced(bytes, at, 1, Buffer.of(pick(TELLING_BYTES, random))),
  (bytes, at, random) => {
    const width = pick([2, 4, 8], random);
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(pick(TELLING_NUMBERS, random));
    return replaced(bytes, at, width, number.subarray(0, width));
  },
  (bytes, at, random) => replaced(bytes, at, some(4, random), Buffer.from(pick(WORDS, random))),
  (bytes, at, random) => replaced(bytes, at, 0, Buffer.from(pick(WORDS, random))),
  (bytes, at, random) => replaced(bytes, at, some(16, random), Buffer.alloc(0)),
  (bytes, at, random) => replaced(bytes, at, 0, bytes.subarray(at, at + some(64, random))),
  (bytes, at, random) => {
    const from = Math.floor(random() * bytes.byteLength);
    return replaced(bytes, at, 0, bytes.subarray(from, from + some(200, random)));
  },
  (bytes, at) => bytes.subarray(0, at),
  (bytes, _, random) => Buffer.concat([bytes, Buffer.alloc(some(200, random), Math.floor(random() * 256))]),
];

/** Bytes with one to four changes, mostly one, as damage and malice make them. */
export function mutant(original: Uint8Array, random: () => number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let changes = random() < 0.7 ? 1 : some(4, random); changes > 0 && bytes.byteLength > 0; changes--)
    bytes = pick(CHANGES, random)(bytes, Math.floor(random() * bytes.byteLength), random);
  return bytes;
}

/** Calls for each entry of an archive that is still found, with where its sums are and its content as it lies there. */
function eachEntry(bytes: Buffer, visit: (central: number, local: number, content: Buffer) => void): void {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > bytes.byteLength) return;
  let at = bytes.readUInt32LE(end + 16);
  while (at + 46 <= end && bytes.readUInt32LE(at) === 0x02014b50) {
    const local = bytes.readUInt32LE(at + 42);
    if (local + 30 > bytes.byteLength) return;
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    visit(at, local, bytes.subarray(start, start + bytes.readUInt32LE(at + 20)));
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

/** A zip archive that says of no entry what its sum is, so that changes get past the sums. */
export function withoutSums(archive: Uint8Array): Buffer {
  const bytes = Buffer.from(archive);
  eachEntry(bytes, (central, local) => {
    bytes.writeUInt32LE(0, central + 16);
    bytes.writeUInt32LE(0, local + 14);
  });
  return bytes;
}

/**
 * A zip archive whose sums are those of its stored entries, whatever has changed in them.
 *
 * @public scripts/fuzz-files.mjs imports it from the built package
 */
export function withRightSums(archive: Uint8Array): Buffer {
  const bytes = Buffer.from(archive);
  eachEntry(bytes, (central, local, content) => {
    if (bytes.readUInt16LE(central + 10) !== 0) return;
    bytes.writeUInt32LE(crc32(content), central + 16);
    bytes.writeUInt32LE(crc32(content), local + 14);
  });
  return bytes;
}
