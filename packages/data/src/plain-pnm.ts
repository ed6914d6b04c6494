import { ImageFault } from './image-file-error.js';

const [zero, nine, hash, newline, carriageReturn] = Buffer.from('09#\n\r') as unknown as [number, number, number, number, number];
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const damaged = (why: string): ImageFault => new ImageFault('damaged', `truncated or corrupt (${why})`);

/** Where the next character is that is neither white space nor in a comment; the end of the content when there is none. */
function skipToValue(content: Buffer, from: number): number {
  let at = from;
  for (let inComment = false; at < content.length; at++) {
    const byte = content[at]!;
    if (inComment) inComment = byte !== newline && byte !== carriageReturn;
    else if (byte === hash) inComment = true;
    else if (!isSpace(byte)) break;
  }
  return at;
}

/**
 * The values of a plain-text PBM, PGM or PPM file, as Pillow reads them: comments may stand anywhere, and bits need no space between
 * them.
 *
 * @param from where they start
 * @param count how many there are; what follows is not looked at
 * @param kind `bits` are single characters
 * @param largest the largest level there may be
 * @throws ImageFault when there are fewer, or one is no whole number up to `largest`
 */
export function plainValues(
  content: Buffer,
  { from, count, kind, largest }: { from: number; count: number; kind: 'bits' | 'numbers'; largest: number },
): Uint16Array {
  // Each value takes a character and, but for bits, a space: so much is there, or nothing is set aside for it.
  if (content.length - from < (kind === 'bits' ? count : 2 * count - 1)) throw damaged('the file ends within the pixels');
  const values = new Uint16Array(count);
  let at = from;
  for (let i = 0; i < count; i++) {
    at = skipToValue(content, at);
    const start = at;
    let value = 0;
    while (at < content.length && content[at]! >= zero && content[at]! <= nine && value <= largest) {
      value = value * 10 + content[at++]! - zero;
      if (kind === 'bits') break;
    }
    if (at === content.length && at === start) throw damaged('the file ends within the pixels');
    if (at === start) throw damaged(`a level must be a number, got ${JSON.stringify(content.toString('latin1', at, at + 8))}`);
    if (value > largest) throw damaged(`a level must be at most ${largest}, got one that begins with ${value}`);
    values[i] = value;
  }
  return values;
}
