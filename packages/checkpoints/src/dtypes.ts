/** The typed array that holds each element type. */
export interface DataByDtype {
  /** Booleans, 0 or 1, a byte each. */
  readonly BOOL: Uint8Array;
  /** 32-bit floats. */
  readonly F32: Float32Array;
  /** 64-bit floats. */
  readonly F64: Float64Array;
  /** 8-bit integers. */
  readonly I8: Int8Array;
  /** 16-bit integers. */
  readonly I16: Int16Array;
  /** 32-bit integers. */
  readonly I32: Int32Array;
  /** 64-bit integers. */
  readonly I64: BigInt64Array;
  /** 8-bit integers without sign. */
  readonly U8: Uint8Array;
  /** 16-bit integers without sign. */
  readonly U16: Uint16Array;
  /** 32-bit integers without sign. */
  readonly U32: Uint32Array;
  /** 64-bit integers without sign. */
  readonly U64: BigUint64Array;
}

/** Element types that are read and written as they are. */
export type Dtype = keyof DataByDtype;

/** Typed arrays a tensor's values can be in. */
export type TensorData = DataByDtype[Dtype];

/** Element types a file can have; floats of 16 and 8 bits are read as F32. */
export type StoredDtype = Dtype | 'BF16' | 'F16' | 'F8_E4M3' | 'F8_E4M3FNUZ' | 'F8_E5M2' | 'F8_E5M2FNUZ' | 'F8_E8M0';

interface ArrayType {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): TensorData;
}

const ARRAYS: Readonly<Record<Dtype, ArrayType>> = {
  BOOL: Uint8Array,
  F32: Float32Array,
  F64: Float64Array,
  I8: Int8Array,
  I16: Int16Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
  U16: Uint16Array,
  U32: Uint32Array,
  U64: BigUint64Array,
};

/** Element types that are written: as they are, and float32 values rounded to half floats. */
export type WrittenDtype = Dtype | 'F16';

/** Dtypes that are read and written as they are. */
export const DTYPES: readonly string[] = Object.keys(ARRAYS);

/** Dtypes that can be written. */
export const WRITTEN_DTYPES: readonly string[] = [...DTYPES, 'F16'];

/** Dtypes that can be read. */
export const STORED_DTYPES: readonly string[] = [...DTYPES, 'F16', 'BF16', 'F8_E4M3', 'F8_E4M3FNUZ', 'F8_E5M2', 'F8_E5M2FNUZ', 'F8_E8M0'];

/** Dtypes that are read as F32. */
export type SmallFloat = Exclude<StoredDtype, Dtype>;

export function isSmallFloat(dtype: StoredDtype): dtype is SmallFloat {
  return !isDtype(dtype);
}

export function isStoredDtype(name: unknown): name is StoredDtype {
  return typeof name === 'string' && STORED_DTYPES.includes(name);
}

export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && DTYPES.includes(name);
}

export function isWrittenDtype(name: unknown): name is WrittenDtype {
  return typeof name === 'string' && WRITTEN_DTYPES.includes(name);
}

/** The kind of typed array that the values of a dtype are given in, for messages and checks. */
export function arrayNameOf(dtype: WrittenDtype): string {
  return ARRAYS[dtype === 'F16' ? 'F32' : dtype].name;
}

export function bytesPerElement(dtype: StoredDtype): number {
  if (!isSmallFloat(dtype)) return ARRAYS[dtype].BYTES_PER_ELEMENT;
  return dtype.startsWith('F8') ? 1 : 2;
}

/**
 * Values over a buffer of their own, which starts at byte 0 and so is aligned for any type. Booleans of other bytes than
 * 0 and 1 become 1, which is how PyTorch takes them.
 */
export function valuesOver(dtype: Dtype, buffer: ArrayBuffer): TensorData {
  const ArrayOfDtype = ARRAYS[dtype];
  const values = new ArrayOfDtype(buffer, 0, buffer.byteLength / ArrayOfDtype.BYTES_PER_ELEMENT);
  if (dtype === 'BOOL') for (let i = 0; i < values.length; i++) if (values[i] !== 0) values[i] = 1;
  return values;
}
