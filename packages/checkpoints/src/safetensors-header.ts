import { bytesPerElement, isStoredDtype, STORED_DTYPES, type StoredDtype } from './dtypes.js';
import { messageOf } from './file-errors.js';
import { isUtf8, jsonScanner, type JsonScanner } from './json-scanner.js';

/** Where one tensor lies in a file. */
export interface TensorEntry {
  /** Element type in the file; complex numbers (C64) are listed, and not read. */
  readonly dtype: StoredDtype | 'C64';
  /** `[]` for a scalar. */
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly begin: number;
  /** Number of bytes. */
  readonly bytes: number;
}

/** What a file says about itself. */
export interface SafetensorsHeader {
  /** By name, in the order of the header. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest header any reader of the format accepts. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Bytes before the header: its length, little endian. */
export const LENGTH_BYTES = 8;

/** Tensors, and keys of metadata, that fill memory before they are of use. */
const MAX_KEYS = 1_000_000;

/** Longest JSON of a dtype, a shape or offsets. */
const MAX_FIELD_BYTES = 64 * 1024;

const METADATA = '__metadata__';
const COMPLEX = 'C64';
const COMPLEX_BYTES = 8;

/** Assigning to this key of a record would change the record's prototype instead. */
const UNUSABLE_NAME = '__proto__';

/** Why a name cannot be used, or undefined. */
export function nameFault(name: string): string | undefined {
  if (name === UNUSABLE_NAME) return `the name '${UNUSABLE_NAME}' is not allowed`;
  if (name === METADATA) return `the name '${METADATA}' is reserved`;
  // Half a surrogate pair has no UTF-8; it would be written as another name.
  if (/\p{Surrogate}/u.test(name)) return `the name ${JSON.stringify(short(name))} is not well-formed Unicode`;
  return undefined;
}

/** A stranger's name for a message. */
const short = (name: string): string => (name.length > 200 ? `${name.slice(0, 200)}…` : name);

/** Number of elements, or undefined where the shape is no shape or has too many to count. */
export function elementCount(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why metadata cannot be used, or undefined. */
function metadataFault(key: string, text: string): string | undefined {
  if (key === UNUSABLE_NAME) return `the ${METADATA} key '${UNUSABLE_NAME}' is not allowed`;
  if (/\p{Surrogate}/u.test(key) || /\p{Surrogate}/u.test(text))
    return `${METADATA} ${JSON.stringify(key.slice(0, 80))} is not well-formed Unicode`;
  return undefined;
}

/** The metadata, once it is known to be text by key. */
function checkMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new Error(`${METADATA} must be an object of strings`);
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw new Error(`${METADATA} '${key}' must be a string, got ${JSON.stringify(text)}`);
      const fault = metadataFault(key, text);
      if (fault !== undefined) throw new Error(fault);
      return [key, text];
    }),
  );
}

/** The next value's JSON for a message, cut short. */
function shortSource(scan: JsonScanner, range: { readonly begin: number; readonly end: number }): string {
  const { begin, end } = range;
  return end - begin > 80 ? `${scan.source({ begin, end: begin + 80 })}…` : scan.source(range);
}

/** Fails unless an object is next, and as JSON where nothing is. */
function requireObject(scan: JsonScanner, fault: string): void {
  if (scan.peek() === '{') return;
  scan.skip();
  throw new Error(fault);
}

function readMetadata(scan: JsonScanner): Record<string, string> {
  if (scan.peek() === 'n') {
    if (scan.source(scan.skip()) === 'null') return {};
  }
  requireObject(scan, `${METADATA} must be an object of strings`);
  const metadata = new Map<string, string>();
  scan.object((key) => {
    if (scan.peek() !== '"') throw new Error(`${METADATA} '${short(key)}' must be a string, got ${shortSource(scan, scan.skip())}`);
    const text = scan.text();
    if (metadata.has(key)) throw new Error(`the key ${JSON.stringify(short(key))} occurs twice`);
    if (metadata.size === MAX_KEYS) throw new Error(`${METADATA} has more than ${String(MAX_KEYS)} keys`);
    const fault = metadataFault(key, text);
    if (fault !== undefined) throw new Error(fault);
    metadata.set(key, text);
  });
  return Object.fromEntries(metadata);
}

/** Whole numbers in a list, as JSON writes them without sign, fraction or exponent; undefined of anything else. */
function wholeNumbers(source: string | undefined): number[] | undefined {
  return source !== undefined && /^\[[\s\d,]*\]$/.test(source) ? (JSON.parse(source) as number[]) : undefined;
}

const FIELDS: readonly string[] = ['dtype', 'shape', 'data_offsets'];

/** The JSON of the fields of an entry; other fields are passed over, as other readers do. */
function readFields(name: string, scan: JsonScanner): Map<string, string> {
  requireObject(scan, `tensor '${short(name)}': must be an object with dtype, shape and data_offsets`);
  const fields = new Map<string, string>();
  scan.object((key) => {
    const range = scan.skip();
    if (!FIELDS.includes(key)) return;
    if (fields.has(key)) throw new Error(`the key ${JSON.stringify(short(key))} occurs twice`);
    if (range.end - range.begin > MAX_FIELD_BYTES)
      throw new Error(
        `tensor '${short(name)}': ${key} must have at most ${String(MAX_FIELD_BYTES)} bytes, got ${String(range.end - range.begin)}`,
      );
    fields.set(key, scan.source(range));
  });
  return fields;
}

function readEntry(name: string, fields: ReadonlyMap<string, string>, dataStart: number, dataBytes: number): TensorEntry {
  const fault = (what: string): Error => new Error(`tensor '${short(name)}': ${what}`);
  const got = (field: string): string => fields.get(field)?.slice(0, 80) ?? 'nothing';
  const text = fields.get('dtype');
  const dtype: unknown = text?.startsWith('"') ? JSON.parse(text) : undefined;
  if (!isStoredDtype(dtype) && dtype !== COMPLEX) throw fault(`unknown dtype ${got('dtype')}; known are ${STORED_DTYPES.join(', ')}`);
  const shape = wholeNumbers(fields.get('shape'));
  const count = shape === undefined ? undefined : elementCount(shape);
  if (shape === undefined || count === undefined)
    throw fault(`shape must be a list of whole numbers ≥ 0 of countable product, got ${got('shape')}`);
  const offsets = wholeNumbers(fields.get('data_offsets'));
  const [begin = -1, end = -1] = offsets ?? [];
  if (offsets?.length !== 2 || !Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || end < begin) {
    throw fault(`data_offsets must be [begin, end] with 0 ≤ begin ≤ end, whole numbers, got ${got('data_offsets')}`);
  }
  if (end > dataBytes)
    throw fault(`ends at byte ${String(end)} of the data, but there are ${String(dataBytes)}; the file is cut short or damaged`);
  const bytes = count * (dtype === COMPLEX ? COMPLEX_BYTES : bytesPerElement(dtype));
  if (end - begin !== bytes) {
    throw fault(
      `dtype ${dtype} and shape [${shape.slice(0, 20).join(', ')}${shape.length > 20 ? ', …' : ''}] need ${String(bytes)} bytes, data_offsets give ${String(end - begin)}`,
    );
  }
  return { dtype, shape, begin: dataStart + begin, bytes };
}

/** Fails unless the entries cover the data exactly once, so that no byte of a file goes unread or is read twice. */
function requireExactCover(entries: ReadonlyMap<string, TensorEntry>, dataStart: number, dataBytes: number): void {
  let covered = dataStart;
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.bytes - b.bytes);
  for (const [name, { begin, bytes }] of inOrder) {
    if (begin < covered) throw new Error(`tensor '${short(name)}' overlaps the one before it`);
    if (begin > covered)
      throw new Error(`there are ${String(begin - covered)} bytes before tensor '${short(name)}' that belong to no tensor`);
    covered = begin + bytes;
  }
  const left = dataStart + dataBytes - covered;
  if (left > 0) throw new Error(`there are ${String(left)} bytes after the last tensor that belong to no tensor`);
}

/**
 * Reads and checks a header from bytes nobody vouches for.
 *
 * @param bytes the header, without the 8 bytes before it.
 * @param fileBytes size of the whole file.
 * @throws naming the fault (not the file).
 */
export function parseHeader(bytes: Uint8Array, fileBytes: number): SafetensorsHeader {
  const dataStart = LENGTH_BYTES + bytes.byteLength;
  const dataBytes = fileBytes - dataStart;
  let metadata: Record<string, string> | undefined;
  const entries = new Map<string, TensorEntry>();
  const scan = jsonScanner(bytes);
  try {
    if (!isUtf8(bytes)) throw new SyntaxError('it is not UTF-8');
    requireObject(scan, 'the header must be a JSON object');
    scan.object((name) => {
      if (name === METADATA) {
        if (metadata !== undefined) throw new Error(`the key ${JSON.stringify(METADATA)} occurs twice`);
        metadata = readMetadata(scan);
        return;
      }
      const fault = nameFault(name);
      if (fault !== undefined) throw new Error(fault);
      if (entries.has(name)) throw new Error(`the key ${JSON.stringify(short(name))} occurs twice`);
      if (entries.size === MAX_KEYS) throw new Error(`there are more than ${String(MAX_KEYS)} tensors`);
      entries.set(name, readEntry(name, readFields(name, scan), dataStart, dataBytes));
    });
    scan.end();
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`the header is not valid JSON: ${messageOf(error)}`, { cause: error });
    throw error;
  }
  requireExactCover(entries, dataStart, dataBytes);
  return { entries, metadata: metadata ?? {} };
}

/** The bytes before the data: length and header, padded with spaces so that the data starts at a multiple of 8. */
export function formatHeader(
  tensors: Iterable<
    readonly [name: string, entry: { readonly dtype: StoredDtype; readonly shape: readonly number[]; readonly bytes: number }]
  >,
  metadata: Readonly<Record<string, string>> | undefined,
): Uint8Array {
  const header: [string, unknown][] = metadata === undefined ? [] : [[METADATA, checkMetadata(metadata)]];
  let offset = 0;
  let count = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header.push([name, { dtype, shape, data_offsets: [offset, offset + bytes] }]);
    offset += bytes;
    count += 1;
  }
  if (count > MAX_KEYS) throw new Error(`there are more than ${String(MAX_KEYS)} tensors; write several files`);
  // Written member by member: an object would put names that look like numbers first.
  const json = `{${header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.byteLength / 8) * 8;
  if (length > MAX_HEADER_BYTES)
    throw new Error(
      `the header would have ${String(length)} bytes, and readers take up to ${String(MAX_HEADER_BYTES)}: shorten the metadata, or write several files`,
    );
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
}
