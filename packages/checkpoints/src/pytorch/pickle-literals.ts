import { decodeUtf8 } from './pickle-cursor.js';

// Longer numbers are no numbers of a checkpoint, and slow to read.
const MAX_INTEGER_BYTES = 1024;
const MAX_FLOAT_BYTES = 1024;

// A line of protocol 0; torch.save writes protocol 2.
const MAX_TEXT_BYTES = 1024 * 1024;

/** An integer as a number where that is exact. */
function wholeNumber(value: bigint): bigint | number {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** A little-endian integer in two's complement; none for no bytes. */
export function longInteger(bytes: Uint8Array): bigint | number {
  if (bytes.byteLength > MAX_INTEGER_BYTES)
    throw new Error(`the pickle has an integer of ${String(bytes.byteLength)} bytes; the file is damaged`);
  if (bytes.byteLength === 0) return 0;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .reverse()
    .join('');
  return wholeNumber(BigInt.asIntN(8 * bytes.byteLength, BigInt(`0x${hex}`)));
}

/** An integer in decimals, as protocol 0 writes it. */
export function decimalInteger(line: Uint8Array): bigint | number {
  const text = decodeUtf8(line.subarray(0, MAX_INTEGER_BYTES));
  if (!/^[+-]?\d+L?$/.test(text) || line.byteLength > MAX_INTEGER_BYTES)
    throw new Error(`the pickle has ${JSON.stringify(text.slice(0, 40))} for an integer`);
  return wholeNumber(BigInt(text.replace(/^\+|L$/g, '')));
}

/** A float in decimals, as protocol 0 writes it. */
export function decimalFloat(line: Uint8Array): number {
  const text = decodeUtf8(line.subarray(0, MAX_FLOAT_BYTES));
  const special: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: NaN };
  if (Object.hasOwn(special, text)) return special[text] ?? NaN;
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || line.byteLength > MAX_FLOAT_BYTES)
    throw new Error(`the pickle has ${JSON.stringify(text.slice(0, 40))} for a float`);
  return Number(text);
}

function requireShort(line: Uint8Array): void {
  if (line.byteLength > MAX_TEXT_BYTES) throw new Error(`the pickle has a line of ${String(line.byteLength)} bytes; the file is damaged`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** A text in quotes with escapes, as protocol 0 writes Python 2's. */
export function quotedText(line: Uint8Array): string {
  requireShort(line);
  const text = decodeUtf8(line);
  const inner = /^(['"])(.*)\1$/s.exec(text)?.[2];
  if (inner === undefined) throw new Error('the pickle has a text without its quotes');
  return inner.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (whole, escape: string) => {
    if (escape.length === 3) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return Object.hasOwn(ESCAPES, escape) ? (ESCAPES[escape] ?? whole) : whole;
  });
}

/** A text with `\uXXXX` escapes and otherwise Latin-1, as protocol 0 writes it. */
export function rawUnicodeText(line: Uint8Array): string {
  requireShort(line);
  return Buffer.from(line)
    .toString('latin1')
    .replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, short: string | undefined, long: string | undefined) => {
      const code = parseInt(short ?? long ?? '', 16);
      return code > 0x10ffff ? whole : String.fromCodePoint(code);
    });
}
