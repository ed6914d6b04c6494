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

const shortMask = 2 ** shortBits - 1;

/** Bytes other than padding behind the last unit that are put up with. */
const allowedRest = 16;

/**
 * Goes through the codes of a scan without making pixels of them. Decoders fill up what is missing with grey and say no
 * more than that they were surprised; here every surprise counts.
 *
 * @returns what is wrong with the data, or the place of the marker behind them
 */
export function scanDamage(content: Buffer, { start, blocks, units, restartInterval }: Scan): string | number {
  // One loop over plain variables: this runs beside every decoding and must stay a fraction of it.
  let at = start;
  // The last `count` of these are still to be read. A negative count skips bits of the next byte.
  let bits = 0;
  let count = 0;
  // Of the bits to be read, those that the file does not have: from a marker on, decoders read zeros.
  let missing = 0;
  for (let unit = 0; unit < units; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
      const marker = markerBehind(content, at);
      const expected = (unit / restartInterval - 1) & 7;
      if (content[marker] !== 0xd0 + expected)
        return `a restart marker is missing or out of order after ${share(unit, units)} of the picture`;
      if (rest(content, at, marker) > allowedRest)
        return `data are left over before the restart marker after ${share(unit, units)} of the picture`;
      at = marker + 1;
      bits = count = missing = 0;
    }
    for (const { dc, ac } of blocks) {
      let table = dc;
      for (let place = 0; place < 64; place++) {
        while (count <= 16) {
          let byte = 0;
          if (missing > 0 || at >= content.length) {
            missing += 8;
          } else {
            byte = content[at]!;
            if (byte !== 0xff) {
              at += 1;
            } else {
              let next = at + 1;
              while (content[next] === 0xff) next++;
              if (content[next] === 0) {
                at = next + 1;
              } else {
                byte = 0;
                missing += 8;
              }
            }
          }
          bits = (bits << 8) | byte;
          count += 8;
        }
        let length = shortBits;
        let value = table.short[(bits >>> (count - shortBits)) & shortMask]!;
        if (value !== 0) {
          length = value >> 8;
          value &= 255;
        } else {
          let code: number;
          do {
            length += 1;
            if (length > 16) return madeNoSense(missing, count, unit, units);
            code = (bits >>> (count - length)) & ((1 << length) - 1);
          } while (code > table.largestCode[length]!);
          value = table.symbols[code + table.offset[length]!]!;
        }
        if (place === 0) {
          if (value > 15) return madeNoSense(missing, count, unit, units);
          table = ac;
          count -= length + value;
          continue;
        }
        const size = value & 15;
        count -= length + size;
        if (size === 0 && value < 0xf0) break;
        place += value >> 4;
        if (size > 0 && place > 63) return madeNoSense(missing, count, unit, units);
      }
      if (missing > 0 && missing > count) return `the data of the picture end after ${share(unit, units)} of it`;
    }
  }
  const marker = markerBehind(content, at);
  if (rest(content, at, marker) > allowedRest) return 'data of the picture are left over behind its last row, so some before are wrong';
  if (marker === content.length && endsInZeros(content)) return 'the file ends in zeros, without its end marker';
  return marker - 1;
}

/** As files do whose end was never written. Zeros make sense as data, so that the picture may seem to go on. */
function endsInZeros(content: Buffer): boolean {
  return content.subarray(-allowedRest).every((byte) => byte === 0);
}

/** Zeros read in place of missing data make no sense either. */
function madeNoSense(missing: number, count: number, unit: number, units: number): string {
  return missing > 0 && missing > count - 16
    ? `the data of the picture end after ${share(unit, units)} of it`
    : `the data of the picture make no sense after ${share(unit, units)} of it`;
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
