import { shortBits, type HuffmanTable } from './huffman-table.js';

/** One block of the smallest unit of a scan: the tables of its first value and of the others. */
export interface ScanBlock {
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

/** A scan of a sequential, Huffman-coded JPEG file. */
export interface Scan {
  /** Where its data start in the file. */
  readonly start: number;
  /** The blocks of its smallest unit, in their order. */
  readonly blocks: readonly ScanBlock[];
  /** How many units it has. */
  readonly units: number;
  /** Units between two restart markers; 0 for none. */
  readonly restartInterval: number;
}

/** Bytes other than padding behind the last unit that are put up with. */
const allowedRest = 16;

/**
 * Goes through the codes of a scan without making pixels of them. Decoders fill up what is missing with grey and say no
 * more than that they were surprised; here every surprise counts.
 *
 * @returns what is wrong with the data, or the place of the marker behind them
 */
export function scanDamage(content: Buffer, { start, blocks, units, restartInterval }: Scan): string | number {
  let at = start;
  let bits = 0;
  let count = 0;
  /** Of the bits held, those that the file does not have: from a marker on, decoders read zeros. */
  let missing = 0;

  function fill(): void {
    while (count <= 24) {
      const byte = missing > 0 ? undefined : content[at];
      if (byte === undefined) {
        bits <<= 8;
        missing += 8;
      } else if (byte !== 0xff) {
        bits = (bits << 8) | byte;
        at += 1;
      } else {
        let next = at + 1;
        while (content[next] === 0xff) next++;
        if (content[next] === 0) {
          bits = (bits << 8) | 0xff;
          at = next + 1;
        } else {
          bits <<= 8;
          missing += 8;
        }
      }
      count += 8;
    }
  }

  /** The next symbol, or -1 where no code of the table follows. */
  function symbol({ short, largestCode, offset, symbols }: HuffmanTable): number {
    if (count < 16) fill();
    const entry = short[(bits >>> (count - shortBits)) & (2 ** shortBits - 1)]!;
    if (entry !== 0) {
      count -= entry >> 8;
      return entry & 255;
    }
    for (let length = shortBits + 1; length <= 16; length++) {
      const code = (bits >>> (count - length)) & (2 ** length - 1);
      if (code > largestCode[length]!) continue;
      count -= length;
      return symbols[code + offset[length]!]!;
    }
    return -1;
  }

  function skip(length: number): void {
    if (count < length) fill();
    count -= length;
  }

  function blockIsRight({ dc, ac }: ScanBlock): boolean {
    const size = symbol(dc);
    if (size < 0 || size > 15) return false;
    skip(size);
    for (let place = 1; place < 64; place++) {
      const value = symbol(ac);
      if (value < 0) return false;
      const length = value & 15;
      const zeros = value >> 4;
      if (length === 0 && zeros < 15) break;
      place += zeros;
      if (length > 0 && place > 63) return false;
      skip(length);
    }
    return true;
  }

  for (let unit = 0; unit < units; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      const marker = markerBehind(content, at);
      const expected = (unit / restartInterval - 1) & 7;
      if (content[marker] !== 0xd0 + expected) return `a restart marker is missing or out of order after ${share(unit, units)} of the picture`;
      if (rest(content, at, marker) > allowedRest) return `data are left over before the restart marker after ${share(unit, units)} of the picture`;
      at = marker + 1;
      bits = count = missing = 0;
    }
    for (const block of blocks) {
      const right = blockIsRight(block);
      if (missing > count) return `the data of the picture end after ${share(unit, units)} of it`;
      if (!right) return `the data of the picture make no sense after ${share(unit, units)} of it`;
    }
  }
  const marker = markerBehind(content, at);
  if (rest(content, at, marker) > allowedRest) return `data of the picture are left over behind its last row, so some before are wrong`;
  return marker - 1;
}

/** Where the code of the next marker stands: the byte behind 0xff. */
function markerBehind(content: Buffer, at: number): number {
  for (at = content.indexOf(0xff, at); at >= 0; at = content.indexOf(0xff, at)) {
    while (content[at] === 0xff) at++;
    if (content[at] !== 0) return at;
  }
  return content.length;
}

/** Bytes that are no padding between the data read and the next marker. */
function rest(content: Buffer, from: number, to: number): number {
  let bytes = 0;
  for (let at = from; at < to && bytes <= allowedRest; at++) if (content[at] !== 0 && content[at] !== 0xff) bytes += 1;
  return bytes;
}

function share(unit: number, units: number): string {
  return `${Math.floor((100 * unit) / units)} %`;
}
