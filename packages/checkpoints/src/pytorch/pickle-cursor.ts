/** The bytes ended in the middle of a pickle. */
export class PickleEndsEarly extends Error {
  override readonly name = 'PickleEndsEarly';
}

/** Reads one item after another from a pickle's bytes. */
export interface PickleCursor {
  /** Where the next item begins. */
  readonly position: number;
  byte(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  /** @throws where it is too large to be a length. */
  uint64(): number;
  /** Big endian, as pickles have it. */
  float64(): number;
  bytes(length: number): Uint8Array;
  /** The length itself. @throws where fewer bytes are left. */
  within(length: number): number;
  utf8(length: number): string;
  /** Up to the next line feed, which is read too and left out. */
  line(): Uint8Array;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text from bytes, @throws where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new Error('a text in the pickle is not valid UTF-8', { cause: error });
  }
}

/** A cursor at `start`; every read beyond the end throws `PickleEndsEarly`. */
export function pickleCursor(bytes: Uint8Array, start: number): PickleCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start;
  const within = (length: number): number => {
    if (length > bytes.byteLength - position) throw new PickleEndsEarly('the pickle ends in the middle; the file is cut short or damaged');
    return length;
  };
  const advance = (length: number): number => {
    within(length);
    const from = position;
    position += length;
    return from;
  };
  const take = (length: number): Uint8Array => {
    const from = advance(length);
    return bytes.subarray(from, from + length);
  };
  return {
    get position() {
      return position;
    },
    byte: () => view.getUint8(advance(1)),
    uint16: () => view.getUint16(advance(2), true),
    int32: () => view.getInt32(advance(4), true),
    uint32: () => view.getUint32(advance(4), true),
    uint64: () => {
      const length = view.getBigUint64(advance(8), true);
      if (length > BigInt(Number.MAX_SAFE_INTEGER))
        throw new Error(`the pickle has an item of ${String(length)} bytes; the file is damaged`);
      return Number(length);
    },
    float64: () => view.getFloat64(advance(8), false),
    // A copy, so that a few bytes that are kept do not keep the whole file.
    bytes: (length) => take(length).slice(),
    within,
    utf8: (length) => decodeUtf8(take(length)),
    line: () => {
      const end = bytes.indexOf(0x0a, position);
      return take(end === -1 ? bytes.byteLength - position + 1 : end + 1 - position).subarray(0, -1);
    },
  };
}
