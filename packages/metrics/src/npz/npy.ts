/** An array of a `.npy` file: numbers, whatever they were stored as, in C order. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** What NumPy writes in a header, and nothing else: it is a Python expression, and is not run. */
const HEADER = /^\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d,\s]*)\),?\s*\}\s*$/;

const READERS: Readonly<Record<string, { readonly bytes: number; readonly read: (bytes: Buffer, at: number) => number }>> = {
  '<f8': { bytes: 8, read: (bytes, at) => bytes.readDoubleLE(at) },
  '<f4': { bytes: 4, read: (bytes, at) => bytes.readFloatLE(at) },
  '<i8': { bytes: 8, read: (bytes, at) => Number(bytes.readBigInt64LE(at)) },
};

/**
 * The array in the bytes of a `.npy` file (NumPy's format 1, 2 or 3; float64, float32 or int64, little endian).
 *
 * @throws when the bytes are anything else, or of another length than the header says
 */
export function parseNpy(bytes: Buffer): NpyArray {
  if (bytes.length < 10 || !bytes.subarray(0, 6).equals(MAGIC)) throw new Error('this is not a .npy array');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw new Error(`the .npy format must be 1, 2 or 3, got ${version}`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw new Error('the .npy header is cut short');
  const end = start + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  if (end > bytes.length) throw new Error('the .npy header is cut short');
  const header = HEADER.exec(bytes.toString('latin1', start, end));
  if (header === null) throw new Error('the .npy header is not one that NumPy writes for a plain array');
  const [, type = '', order, dimensions = ''] = header;
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader === undefined) throw new Error(`the .npy dtype must be one of ${Object.keys(READERS).join(', ')}, got ${JSON.stringify(type)}`);

  const shape = dimensions.split(',').map((text) => text.trim()).filter((text) => text !== '').map(Number);
  const size = shape.reduce((product, n) => product * n, 1);
  if (size * reader.bytes !== bytes.length - end) {
    throw new Error(`a .npy array of shape [${shape.join(', ')}] and dtype ${type} has ${size * reader.bytes} bytes, this one has ${bytes.length - end}`);
  }
  if (order === 'True' && shape.length > 1) return { shape, data: fromFortranOrder(bytes, end, shape, reader) };
  return { shape, data: Float64Array.from({ length: size }, (_, i) => reader.read(bytes, end + i * reader.bytes)) };
}

/** First axis fastest to last axis fastest. */
function fromFortranOrder(bytes: Buffer, start: number, shape: readonly number[], reader: (typeof READERS)[string]): Float64Array {
  if (shape.length !== 2) throw new Error(`a .npy array in Fortran order must have 2 axes, got ${shape.length}`);
  const [rows = 0, columns = 0] = shape;
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns);
    return reader.read(bytes, start + ((at % columns) * rows + row) * reader.bytes);
  });
}

/** The bytes of a `.npy` file, format 1, as NumPy writes it; whole numbers as int64 when `type` says so. */
export function formatNpy({ shape, data }: NpyArray, type: '<f8' | '<i8' = '<f8'): Buffer {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // Padded so that the data begin at a multiple of 64.
  const padded = header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11) + '\n';
  const bytes = Buffer.alloc(10 + padded.length + data.length * 8);
  MAGIC.copy(bytes);
  bytes[6] = 1;
  bytes.writeUInt16LE(padded.length, 8);
  bytes.write(padded, 10, 'latin1');
  for (const [i, value] of data.entries()) {
    const at = 10 + padded.length + i * 8;
    if (type === '<f8') bytes.writeDoubleLE(value, at);
    else bytes.writeBigInt64LE(BigInt(value), at);
  }
  return bytes;
}
