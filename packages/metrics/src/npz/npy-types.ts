/** Elements of one type of a `.npy` file. */
export interface NpyType {
  /** Bytes of one. */
  readonly bytes: number;
  /** The element at a byte, as a number. */
  read(view: DataView, at: number): number;
}

const KINDS: Readonly<Record<string, (little: boolean) => NpyType>> = {
  b1: () => ({ bytes: 1, read: (view, at) => Number(view.getUint8(at) !== 0) }),
  f2: (little) => ({ bytes: 2, read: (view, at) => halfValue(view.getUint16(at, little)) }),
  f4: (little) => ({ bytes: 4, read: (view, at) => view.getFloat32(at, little) }),
  f8: (little) => ({ bytes: 8, read: (view, at) => view.getFloat64(at, little) }),
  i1: () => ({ bytes: 1, read: (view, at) => view.getInt8(at) }),
  i2: (little) => ({ bytes: 2, read: (view, at) => view.getInt16(at, little) }),
  i4: (little) => ({ bytes: 4, read: (view, at) => view.getInt32(at, little) }),
  i8: (little) => ({ bytes: 8, read: (view, at) => Number(view.getBigInt64(at, little)) }),
  u1: () => ({ bytes: 1, read: (view, at) => view.getUint8(at) }),
  u2: (little) => ({ bytes: 2, read: (view, at) => view.getUint16(at, little) }),
  u4: (little) => ({ bytes: 4, read: (view, at) => view.getUint32(at, little) }),
  u8: (little) => ({ bytes: 8, read: (view, at) => Number(view.getBigUint64(at, little)) }),
};

/** Other names that NumPy takes for them. */
const NAMES: Readonly<Record<string, string>> = {
  '?': 'b1',
  B: 'u1',
  H: 'u2',
  I: 'u4',
  Q: 'u8',
  b: 'i1',
  bool: 'b1',
  d: 'f8',
  double: 'f8',
  e: 'f2',
  f: 'f4',
  float: 'f8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
  h: 'i2',
  half: 'f2',
  i: 'i4',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  int8: 'i1',
  q: 'i8',
  single: 'f4',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  uint8: 'u1',
};

/** IEEE 754 half precision, exactly. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/**
 * How elements of a type are read, by NumPy's name of it: `<f8`, `>f4`, `=i4`, `float64`.
 *
 * @throws naming a type that is not read
 */
export function npyType(descr: string): NpyType {
  const [, order = '', kind = ''] = /^([<>=|]?)([\w?]+)$/.exec(descr) ?? [];
  const name = Object.hasOwn(NAMES, kind) ? NAMES[kind]! : kind;
  const make = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (make === undefined)
    throw new Error(
      `the .npy dtype must be a float of 16, 32 or 64 bits, a whole number or bool, got ${JSON.stringify(descr.slice(0, 80))}${why(kind)}`,
    );
  // '=' is the order of whoever reads, as NumPy takes it; this package needs little endian machines anyway.
  return make(order !== '>');
}

function why(kind: string): string {
  if (/^(?:f(?:12|16)|g|longdouble|longfloat|float(?:96|128))$/.test(kind))
    return ' (long double, which differs from machine to machine; save it as float64)';
  if (/^(?:c\d+|F|D|G|complex\d*)$/.test(kind)) return ' (complex numbers)';
  return kind === 'O' ? ' (Python objects, which are not run)' : '';
}
