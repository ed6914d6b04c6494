import { open } from 'node:fs/promises';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { ConfigError } from './config-error.js';

/** A configuration takes a few kilobytes; whatever is far beyond is another file. */
const MOST_BYTES = 2 ** 20;

/** Deep enough for a configuration within the record of what it was for. */
const DEEPEST = 16;

/**
 * Reads a JSON file of config values. A byte order mark and UTF-16 are accepted.
 *
 * @param file its path
 * @returns values by key, not checked yet
 * @throws {ConfigError} naming the file, and the line and column of what is wrong in it
 */
export async function readConfigFile(file: string): Promise<Record<string, unknown>> {
  return parseObject(decode(await readBytes(file), file), file);
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      return await readAtMost(handle, MOST_BYTES + 1);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new ConfigError(`config file ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Reads to the end, or so far: a pipe does not say how much it holds. */
async function readAtMost(handle: Awaited<ReturnType<typeof open>>, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, most - length);
    length += bytesRead;
    if (bytesRead === 0 || length === most) return buffer.subarray(0, length);
  }
}

function decode(bytes: Buffer, file: string): string {
  if (bytes.length > MOST_BYTES)
    throw new ConfigError(`config file ${file} has more than ${MOST_BYTES} bytes; a configuration has a few thousand`);
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes); // without the byte order mark
  } catch {
    throw new ConfigError(`config file ${file} is not text in ${encoding.toUpperCase()}; save it as UTF-8`);
  }
}

function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}

function parseObject(text: string, file: string): Record<string, unknown> {
  if (nesting(text) > DEEPEST)
    throw new ConfigError(`config file ${file} is nested more than ${DEEPEST} deep; it must hold one JSON object of config values`);
  const errors: ParseError[] = [];
  const parsed: unknown = parse(text, errors, { disallowComments: true });
  const [error] = errors;
  if (error !== undefined && text.trim() !== '')
    throw new ConfigError(`config file ${file}, ${place(text, error.offset)}: ${causeOf(text, error)}`);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new ConfigError(`config file ${file} must hold one JSON object of config values, got ${kindOf(text)}`);
  return parsed as Record<string, unknown>;
}

const kindOf = (text: string): string => (text.trim() === '' ? 'an empty file' : text.trim().startsWith('[') ? 'a list' : 'a single value');

/** How deep brackets stand in each other, whatever is in strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

const CAUSES: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'JSON has no comments; remove it',
  PropertyNameExpected: 'a key in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected behind the key',
  CommaExpected: 'a comma is expected before this',
  CloseBraceExpected: 'the object does not end; } is missing',
  CloseBracketExpected: 'the list does not end; ] is missing',
  UnexpectedEndOfString: 'this text does not end; " is missing',
  UnexpectedEndOfNumber: 'this number does not end',
  EndOfFileExpected: 'something stands behind the end of the object; remove it',
};

function causeOf(text: string, { error, offset, length }: ParseError): string {
  const found = text.slice(offset, offset + length);
  if (/,\s*$/.test(text.slice(0, offset)) && (found === '}' || found === ']'))
    return `the comma before ${found} is one too many; remove it`;
  const name = printParseErrorCode(error);
  if (name !== 'InvalidSymbol') return CAUSES[name] ?? `${name} at ${JSON.stringify(found)}`;
  if (found.startsWith("'")) return `texts and keys stand in double quotes, got ${shortened(found)}`;
  return `${shortened(found)} is no JSON: texts and keys stand in double quotes, numbers begin with a digit`;
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
