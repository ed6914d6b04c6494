/** Walks over JSON in bytes from a stranger: in one pass, in linear time, and keeping nothing that is not asked for. */
export interface JsonScanner {
  /** First byte of the next value, as a character; '' at the end. */
  peek(): string;
  /** Walks over an object, calling `member` for each key when its value is next; `member` reads or skips it. */
  object(member: (key: string) => void): void;
  /** The next value, which must be a text. */
  text(): string;
  /** Walks over the next value, and gives its JSON. */
  skip(): { begin: number; end: number };
  /** The JSON from one byte to another. */
  source(range: { readonly begin: number; readonly end: number }): string;
  /** Fails unless nothing but spaces is left. */
  end(): void;
}

/** Objects and lists within each other, as many as other readers of safetensors take. */
const MAX_DEPTH = 127;
const LONGEST_NUMBER = 1024;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const [TAB, LINE, RETURN, SPACE, QUOTE, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x5c];
const NUMBER_BYTES: ReadonlySet<number> = new Set(Buffer.from('+-.0123456789eE'));

/**
 * @param bytes UTF-8, which the caller has checked.
 * @throws SyntaxError from its functions, naming the fault and where it is
 */
export function jsonScanner(bytes: Uint8Array): JsonScanner {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let depth = 0;

  const fault = (what: string): SyntaxError => new SyntaxError(`${what} at byte ${String(at)}`);
  const next = (): number | undefined => {
    let byte = buffer[at];
    while (byte === SPACE || byte === LINE || byte === RETURN || byte === TAB) byte = buffer[++at];
    return byte;
  };
  const peek = (): string => {
    const byte = next();
    return byte === undefined ? '' : String.fromCharCode(byte);
  };
  const take = (character: string): void => {
    if (peek() !== character) throw fault(at >= buffer.byteLength ? 'it ends too soon' : `'${character}' is expected`);
    at += 1;
  };
  /** Whether another member follows, a comma having been read; otherwise the end is. */
  const more = (close: string): boolean => {
    const character = peek();
    if (character !== ',' && character !== close) throw fault(character === '' ? 'it ends too soon' : `',' or '${close}' is expected`);
    at += 1;
    return character === ',';
  };
  const enter = (): void => {
    depth += 1;
    if (depth > MAX_DEPTH) throw fault(`objects and lists are nested more than ${String(MAX_DEPTH)} deep`);
  };

  const text = (): string => {
    take('"');
    const begin = at;
    let escaped = false;
    for (let byte = buffer[at]; byte !== QUOTE; byte = buffer[at]) {
      if (byte === undefined) throw fault('it ends in a text');
      if (byte < SPACE) throw fault('there is a control character in a text');
      if (byte === BACKSLASH) {
        escaped = true;
        at += 1;
      }
      at += 1;
    }
    if (at > buffer.byteLength) throw fault('it ends in a text');
    at += 1;
    // JSON.parse knows the escapes, and takes a text of any length without recursion.
    return escaped ? (JSON.parse(buffer.toString('utf8', begin - 1, at)) as string) : buffer.toString('utf8', begin, at - 1);
  };
  const scalar = (): void => {
    const begin = at;
    for (const word of ['true', 'false', 'null']) {
      if (buffer.toString('latin1', at, at + word.length) === word) {
        at += word.length;
        return;
      }
    }
    while (NUMBER_BYTES.has(buffer[at] ?? 0) && at - begin <= LONGEST_NUMBER) at += 1;
    if (!NUMBER.test(buffer.toString('latin1', begin, at))) {
      at = begin;
      throw fault(begin >= buffer.byteLength ? 'it ends too soon' : 'a value is expected');
    }
  };
  const object = (member: (key: string) => void): void => {
    enter();
    take('{');
    if (peek() === '}') at += 1;
    else {
      do {
        if (peek() !== '"') throw fault('a key is expected');
        const key = text();
        take(':');
        member(key);
      } while (more('}'));
    }
    depth -= 1;
  };
  const skipValue = (): void => {
    const character = peek();
    if (character === '"') text();
    else if (character === '{') object(skipValue);
    else if (character === '[') {
      enter();
      at += 1;
      if (peek() === ']') at += 1;
      else do skipValue(); while (more(']'));
      depth -= 1;
    } else scalar();
  };

  return {
    peek,
    object,
    text,
    skip() {
      next();
      const begin = at;
      skipValue();
      return { begin, end: at };
    },
    source: ({ begin, end }) => buffer.toString('utf8', begin, end),
    end() {
      if (next() !== undefined) throw fault('there is something after the end');
    },
  };
}
