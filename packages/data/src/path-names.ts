/**
 * A byte that is not part of valid UTF-8, as a lone surrogate U+DC80 … U+DCFF: the way Python's `surrogateescape`
 * carries file names of other encodings through strings, so that the bytes can be had again.
 */
const escapedByte = /((?<![\ud800-\udbff])[\udc80-\udcff])/;
const escapeOffset = 0xdc00;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A file name as a string. Names that are not UTF-8 (archives from Windows in Shift-JIS, GBK or Latin-1) keep their
 * bytes: {@link pathBytes} gives them back.
 *
 * @param bytes the name as the file system or the archive holds it
 */
export function nameOfBytes(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch {
    return nameOfOtherEncoding(bytes);
  }
}

function nameOfOtherEncoding(bytes: Buffer): string {
  let name = '';
  for (let at = 0; at < bytes.length;) {
    const length = validLength(bytes, at);
    name += length === 0 ? String.fromCharCode(escapeOffset + bytes[at]!) : bytes.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return name;
}

/** Bytes of the character that begins at `at`, or 0 where none does. */
function validLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      strict.decode(bytes.subarray(at, at + length));
      return length;
    } catch {
      // Perhaps with one byte more.
    }
  }
  return 0;
}

/**
 * A path for Node's file functions: the string itself, or its bytes where a name in it is not UTF-8.
 *
 * @param path as this package finds files
 */
export function pathBytes(path: string): string | Buffer {
  if (!escapedByte.test(path)) return path;
  return Buffer.concat(
    path.split(escapedByte).map((part, i) => (i % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) - escapeOffset))),
  );
}

/**
 * A path or name for people: bytes that are not UTF-8, and control characters, as `\xe9`.
 *
 * @param path as this package finds files
 */
export function printablePath(path: string): string {
  const hex = (code: number): string => `\\x${code.toString(16).padStart(2, '0')}`;
  const readable = path
    .split(escapedByte)
    .map((part, i) => (i % 2 === 0 ? part : hex(part.charCodeAt(0) - escapeOffset)))
    .join('');
  // eslint-disable-next-line no-control-regex -- A name with an escape sequence must not steer the terminal.
  return readable.replace(/[\x00-\x1f\x7f]/g, (character) => hex(character.charCodeAt(0)));
}
