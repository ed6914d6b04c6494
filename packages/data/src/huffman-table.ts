/** A Huffman table of a JPEG file, ready to be looked up by the next bits of its data. */
export interface HuffmanTable {
  /** For every start of nine bits: length of the code × 256 + its symbol, or 0 where the code is longer or unknown. */
  readonly short: Uint16Array;
  /** The largest code of each length, or -1 where there is none. */
  readonly largestCode: Int32Array;
  /** Added to a code of a length, the place of its symbol. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

export const shortBits = 9;

/**
 * @param counts how many codes there are of each of the lengths 1 … 16
 * @param symbols one for each code, shorter codes first
 * @returns `undefined` when there are more codes than their lengths allow
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable | undefined {
  const short = new Uint16Array(2 ** shortBits);
  const largestCode = new Int32Array(17).fill(-1);
  const offset = new Int32Array(17);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++, code *= 2) {
    const count = counts[length - 1]!;
    if (code + count > 2 ** length) return undefined;
    offset[length] = place - code;
    if (count > 0) largestCode[length] = code + count - 1;
    for (let i = 0; i < count; i++, code++, place++) {
      if (length > shortBits) continue;
      const first = code << (shortBits - length);
      short.fill((length << 8) | symbols[place]!, first, first + (1 << (shortBits - length)));
    }
  }
  return { short, largestCode, offset, symbols };
}
