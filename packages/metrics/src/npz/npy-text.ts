const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** Longest text that is read. */
const LONGEST = 1024;

/** The bytes of a `.npy` file, format 1, that holds one text as NumPy stores it: dtype `<U`, no axes. */
export function formatNpyText(text: string): Buffer {
  const points = Array.from(text, (character) => character.codePointAt(0)!);
  const header = `{'descr': '<U${Math.max(1, points.length)}', 'fortran_order': False, 'shape': (), }`;
  const padded = header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11) + '\n';
  const bytes = Buffer.alloc(10 + padded.length + 4 * Math.max(1, points.length));
  MAGIC.copy(bytes);
  bytes[6] = 1;
  bytes.writeUInt16LE(padded.length, 8);
  bytes.write(padded, 10, 'latin1');
  for (const [i, point] of points.entries()) bytes.writeUInt32LE(point, 10 + padded.length + 4 * i);
  return bytes;
}

/** The text in a `.npy` file of one. @throws when it is anything else */
export function parseNpyText(bytes: Buffer): string {
  if (bytes.length < 10 || !bytes.subarray(0, 6).equals(MAGIC) || bytes[6] !== 1) throw new Error('this is not a .npy array of text');
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, Math.min(start, bytes.length));
  const length = Number(/'descr':\s*'<U(\d{1,4})'/.exec(header)?.[1] ?? NaN);
  if (!/'shape':\s*\(\)/.test(header) || !(length <= LONGEST) || bytes.length !== start + 4 * length)
    throw new Error(`this is not one text of at most ${LONGEST} characters`);
  const points = Array.from({ length }, (_, i) => bytes.readUInt32LE(start + 4 * i));
  if (points.some((point) => point > 0x10ffff)) throw new Error('this is not text');
  return String.fromCodePoint(...points).replace(/\0+$/, '');
}
