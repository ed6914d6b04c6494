import { bytesPerElement, isStoredDtype, STORED_DTYPES, type StoredDtype } from './dtypes.js';
import { parseStrictJson } from './strict-json.js';

/** Where one tensor lies in a file. */
export interface TensorEntry {
  /** Element type in the file. */
  readonly dtype: StoredDtype;
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

const METADATA = '__metadata__';

/** Assigning to this key of a record would change the record's prototype instead. */
const UNUSABLE_NAME = '__proto__';

/** Why a name cannot be used, or undefined. */
export function nameFault(name: string): string | undefined {
  if (name === UNUSABLE_NAME) return `the name '${UNUSABLE_NAME}' is not allowed`;
  if (name === METADATA) return `the name '${METADATA}' is reserved`;
  // Half a surrogate pair has no UTF-8; it would be written as another name.
  if (/\p{Surrogate}/u.test(name)) return `the name ${JSON.stringify(name)} is not well-formed Unicode`;
  return undefined;
}

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

/** The metadata, once it is known to be text by key. */
function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new Error(`${METADATA} must be an object of strings`);
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (key === UNUSABLE_NAME) throw new Error(`the ${METADATA} key '${UNUSABLE_NAME}' is not allowed`);
      if (typeof text !== 'string') throw new Error(`${METADATA} '${key}' must be a string, got ${JSON.stringify(text)}`);
      return [key, text];
    }),
  );
}

function readEntry(name: string, value: unknown, dataStart: number, dataBytes: number): TensorEntry {
  const fault = (what: string): Error => new Error(`tensor '${name}': ${what}`);
  if (!isRecord(value)) throw fault('must be an object with dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredDtype(dtype)) throw fault(`unknown dtype ${JSON.stringify(dtype)}; known are ${STORED_DTYPES.join(', ')}`);
  const count = Array.isArray(shape) ? elementCount(shape) : undefined;
  if (count === undefined) throw fault(`shape must be a list of whole numbers ≥ 0 of countable product, got ${JSON.stringify(shape)}`);
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || Number(begin) < 0 || Number(end) < Number(begin)) {
    throw fault(`data_offsets must be [begin, end] with 0 ≤ begin ≤ end, got ${JSON.stringify(offsets)}`);
  }
  const [from, to] = [Number(begin), Number(end)];
  if (to > dataBytes) throw fault(`ends at byte ${String(to)} of the data, but there are ${String(dataBytes)}; the file is cut short or damaged`);
  const bytes = count * bytesPerElement(dtype);
  if (to - from !== bytes) {
    throw fault(`dtype ${dtype} and shape [${(shape as number[]).join(', ')}] need ${String(bytes)} bytes, data_offsets give ${String(to - from)}`);
  }
  return { dtype, shape: shape as number[], begin: dataStart + from, bytes };
}

/** Fails unless the entries cover the data exactly once, so that no byte of a file goes unread or is read twice. */
function requireExactCover(entries: ReadonlyMap<string, TensorEntry>, dataStart: number, dataBytes: number): void {
  let covered = dataStart;
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.bytes - b.bytes);
  for (const [name, { begin, bytes }] of inOrder) {
    if (begin < covered) throw new Error(`tensor '${name}' overlaps the one before it`);
    if (begin > covered) throw new Error(`there are ${String(begin - covered)} bytes before tensor '${name}' that belong to no tensor`);
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
  let parsed: unknown;
  try {
    parsed = parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new Error(`the header is not valid JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (!isRecord(parsed)) throw new Error('the header must be a JSON object');
  let metadata: Record<string, string> = {};
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(parsed)) {
    if (name === METADATA) {
      metadata = readMetadata(value);
      continue;
    }
    const fault = nameFault(name);
    if (fault !== undefined) throw new Error(fault);
    entries.set(name, readEntry(name, value, dataStart, fileBytes - dataStart));
  }
  requireExactCover(entries, dataStart, fileBytes - dataStart);
  return { entries, metadata };
}

/** The bytes before the data: length and header, padded with spaces so that the data starts at a multiple of 8. */
export function formatHeader(
  tensors: Iterable<readonly [name: string, entry: { readonly dtype: StoredDtype; readonly shape: readonly number[]; readonly bytes: number }]>,
  metadata: Readonly<Record<string, string>> | undefined,
): Uint8Array {
  const header: [string, unknown][] = metadata === undefined ? [] : [[METADATA, readMetadata(metadata)]];
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header.push([name, { dtype, shape, data_offsets: [offset, offset + bytes] }]);
    offset += bytes;
  }
  // Written member by member: an object would put names that look like numbers first.
  const json = `{${header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.byteLength / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
}
