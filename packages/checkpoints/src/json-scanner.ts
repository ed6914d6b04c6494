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
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
const [TAB, LINE, RETURN, SPACE, QUOTE, COMMA, COLON, BACKSLASH] = encoded('\t\n\r ",:\\');
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, MINUS, PLUS, POINT, ZERO, NINE, E, SMALL_E] = encoded('[]{}-+.09Ee');
const WORDS: ReadonlyMap<number, Uint8Array> = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), encoded(word)]));

/** Decodes what may be cut within a character; a byte order mark counts as one. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes that are decoded at a time to check them: a long header need not be in memory as text. */
const CHECKED_BYTES = 1 << 20;

/** Whether bytes are well-formed UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let begin = 0; begin < bytes.byteLength; begin += CHECKED_BYTES)
      strict.decode(bytes.subarray(begin, begin + CHECKED_BYTES), { stream: true });
    strict.decode();
    return true;
  } catch {
    return false;
  }
}

/**
 * @param bytes UTF-8, which the caller has checked.
 * @throws SyntaxError from its functions, naming the fault and where it is
 */
export function jsonScanner(bytes: Uint8Array): JsonScanner {
  const decoded = (begin: number, end: number): string => decoder.decode(bytes.subarray(begin, end));
  let at = 0;
  let depth = 0;

  const fault = (what: string): SyntaxError => new SyntaxError(`${what} at byte ${String(at)}`);
  const next = (): number | undefined => {
    let byte = bytes[at];
    while (byte === SPACE || byte === LINE || byte === RETURN || byte === TAB) byte = bytes[++at];
    return byte;
  };
  const expected = (what: string): SyntaxError => fault(at >= bytes.byteLength ? 'it ends too soon' : `${what} is expected`);
  const take = (byte: number): void => {
    if (next() !== byte) throw expected(`'${String.fromCharCode(byte)}'`);
    at += 1;
  };
  /** Whether another member follows, a comma having been read; otherwise the end is. */
  const more = (close: number): boolean => {
    const byte = next();
    if (byte !== COMMA && byte !== close) throw expected(`',' or '${String.fromCharCode(close)}'`);
    at += 1;
    return byte === COMMA;
  };
  const enter = (): void => {
    depth += 1;
    if (depth > MAX_DEPTH) throw fault(`objects and lists are nested more than ${String(MAX_DEPTH)} deep`);
  };

  /** Walks over a text, and says whether it has escapes. */
  const passText = (): boolean => {
    take(QUOTE!);
    let escaped = false;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) {
      if (byte === undefined) throw fault('it ends in a text');
      if (byte < SPACE!) throw fault('there is a control character in a text');
      if (byte === BACKSLASH) {
        escaped = true;
        at += 1;
      }
      at += 1;
    }
    at += 1;
    return escaped;
  };
  const text = (): string => {
    next();
    const begin = at;
    // JSON.parse knows the escapes, and takes a text of any length without recursion.
    return passText() ? (JSON.parse(decoded(begin, at)) as string) : decoded(begin + 1, at - 1);
  };
  const skipText = (): void => {
    next();
    const begin = at;
    if (passText()) JSON.parse(decoded(begin, at));
  };
  /** Walks over digits, of which there must be one. */
  const digits = (): void => {
    const begin = at;
    for (let byte = bytes[at] ?? 0; byte >= ZERO! && byte <= NINE!; byte = bytes[at] ?? 0) at += 1;
    if (at === begin) throw expected('a digit');
  };
  const number = (): void => {
    if (bytes[at] === MINUS) at += 1;
    if (bytes[at] === ZERO) at += 1;
    else digits();
    if (bytes[at] === POINT) {
      at += 1;
      digits();
    }
    if (bytes[at] === E || bytes[at] === SMALL_E) {
      at += 1;
      if (bytes[at] === PLUS || bytes[at] === MINUS) at += 1;
      digits();
    }
  };
  const scalar = (byte: number): void => {
    const word = WORDS.get(byte);
    if (word !== undefined) {
      if (!word.every((letter, i) => bytes[at + i] === letter)) throw fault('a value is expected');
      at += word.byteLength;
    } else if (byte === MINUS || (byte >= ZERO! && byte <= NINE!)) number();
    else throw fault('a value is expected');
  };
  const list = (): void => {
    enter();
    take(OPEN_LIST!);
    if (next() === CLOSE_LIST) at += 1;
    else
      do skipValue();
      while (more(CLOSE_LIST!));
    depth -= 1;
  };
  /** Walks over an object; `member` reads a key, a colon and a value. */
  const members = (member: () => void): void => {
    enter();
    take(OPEN_OBJECT!);
    if (next() === CLOSE_OBJECT) at += 1;
    else
      do member();
      while (more(CLOSE_OBJECT!));
    depth -= 1;
  };
  const skipMember = (): void => {
    skipText();
    take(COLON!);
    skipValue();
  };
  const skipValue = (): void => {
    const byte = next();
    if (byte === QUOTE) skipText();
    else if (byte === OPEN_OBJECT) members(skipMember);
    else if (byte === OPEN_LIST) list();
    else if (byte === undefined) throw expected('a value');
    else scalar(byte);
  };

  return {
    peek() {
      const byte = next();
      return byte === undefined ? '' : String.fromCharCode(byte);
    },
    object(member) {
      members(() => {
        const key = text();
        take(COLON!);
        member(key);
      });
    },
    text,
    skip() {
      next();
      const begin = at;
      skipValue();
      return { begin, end: at };
    },
    source: ({ begin, end }) => decoded(begin, end),
    end() {
      if (next() !== undefined) throw fault('there is something after the end');
    },
  };
}
