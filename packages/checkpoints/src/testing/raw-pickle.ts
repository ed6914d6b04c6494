// Pieces of pickles, right or wrong, as lists of bytes: small, and independent of the package's own writer.

type Bytes = readonly number[];

const little = (value: number, width: number): number[] => Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
const encoded = (value: string): number[] => [...new TextEncoder().encode(value)];

export const NONE: Bytes = [0x4e];
export const FALSE: Bytes = [0x89];
export const MARK: Bytes = [0x28];
export const EMPTY_LIST: Bytes = [0x5d];

export const text = (value: string): Bytes => [0x58, ...little(encoded(value).length, 4), ...encoded(value)];
export const int = (value: number): Bytes => [0x4a, ...little(value >>> 0, 4)];
/** An int of eight bytes. */
const long = (value: number): Bytes => [0x8a, 8, ...little(value, 8)];
export const tuple = (...items: readonly Bytes[]): Bytes => [...MARK, ...items.flat(), 0x74];
export const list = (...items: readonly Bytes[]): Bytes => [...EMPTY_LIST, ...MARK, ...items.flat(), 0x65];
export const dict = (...pairs: readonly Bytes[]): Bytes => [0x7d, ...MARK, ...pairs.flat(), 0x75];
export const name = (module: string, member: string): Bytes => [0x63, ...encoded(`${module}\n${member}\n`)];
export const call = (callee: Bytes, ...args: readonly Bytes[]): Bytes => [...callee, ...tuple(...args), 0x52];
export const persistent = (id: Bytes): Bytes => [...id, 0x51];
/** Puts the value on top of the stack into the memo, and takes it from there. */
export const put = (index: number): Bytes => [0x71, index];
export const get = (index: number): Bytes => [0x68, index];

/** A whole pickle of protocol 2. */
export const pickle = (...body: readonly Bytes[]): Uint8Array => Uint8Array.from([0x80, 2, ...body.flat(), 0x2e]);

/** A reference to a storage, as torch.save makes it; `part` is of the old layout. */
export const storage = (type: string, key: string, count: number, part: Bytes = []): Bytes =>
  persistent(tuple(text('storage'), name('torch', type), text(key), text('cpu'), long(count), part));

const ints = (values: readonly number[]): Bytes => tuple(...values.map(long));

/** A tensor, as torch.save makes it. */
export const tensor = (of: Bytes, offset: number, shape: readonly number[], strides: readonly number[]): Bytes =>
  call(
    name('torch._utils', '_rebuild_tensor_v2'),
    of,
    long(offset),
    ints(shape),
    ints(strides),
    FALSE,
    call(name('collections', 'OrderedDict')),
  );

/** The pickles before the value in the layout before PyTorch 1.6. */
const LEGACY_START: readonly Uint8Array[] = [
  Uint8Array.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]),
  pickle(int(1001)),
  pickle(dict(text('little_endian'), [0x88])),
];

/** A file of the layout before PyTorch 1.6: storages by key, with the elements' count that stands before each. */
export function legacyFile(
  value: Uint8Array,
  storages: readonly (readonly [key: string, count: number, bytes: Uint8Array])[],
  start = LEGACY_START,
): Uint8Array {
  const keys = pickle(list(...storages.map(([key]) => text(key))));
  return Buffer.concat([...start, value, keys, ...storages.flatMap(([, count, bytes]) => [Uint8Array.from(little(count, 8)), bytes])]);
}
