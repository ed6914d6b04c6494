import { parseNpyHeader } from './npy-header.js';
import { npyType, type NpyType } from './npy-types.js';

/** An array of a `.npy` file: numbers, whatever they were stored as, in C order. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** Longer headers describe no plain array. */
const MAX_HEADER_BYTES = 2 ** 16;

/**
 * The array in the bytes of a `.npy` file (NumPy's format 1, 2 or 3; floats of 16, 32 or 64 bits,
 * whole numbers and bool, of either byte order).
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
  if (end - start > MAX_HEADER_BYTES) throw new Error(`the .npy header must have at most ${MAX_HEADER_BYTES} bytes, got ${end - start}`);
  const { descr, fortranOrder, shape } = parseNpyHeader(bytes.toString('latin1', start, end));
  const type = npyType(descr);
  const size = shape.reduce((product, n) => product * n, 1);
  if (size * type.bytes !== bytes.length - end) {
    throw new Error(
      `a .npy array of shape [${shape.join(', ')}] and dtype ${descr} has ${size * type.bytes} bytes, this one has ${bytes.length - end}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  if (fortranOrder && shape.length > 1) return { shape, data: fromFortranOrder(view, shape, type) };
  const data = new Float64Array(size);
  for (let i = 0; i < size; i++) data[i] = type.read(view, i * type.bytes);
  return { shape, data };
}

/** First axis fastest to last axis fastest. */
function fromFortranOrder(view: DataView, shape: readonly number[], type: NpyType): Float64Array {
  if (shape.length !== 2) throw new Error(`a .npy array in Fortran order must have 2 axes, got ${shape.length}`);
  const [rows = 0, columns = 0] = shape;
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) data[row * columns + column] = type.read(view, (column * rows + row) * type.bytes);
  }
  return data;
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
