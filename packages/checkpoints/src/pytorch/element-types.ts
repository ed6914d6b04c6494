import type { StoredDtype } from '../dtypes.js';
import { bytesPerElement } from '../dtypes.js';
import type { ElementType } from './pickle-values.js';

const STORAGES: Readonly<Record<string, StoredDtype | number>> = {
  BFloat16Storage: 'BF16',
  BoolStorage: 'BOOL',
  ByteStorage: 'U8',
  CharStorage: 'I8',
  ComplexDoubleStorage: 16,
  ComplexFloatStorage: 8,
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  IntStorage: 'I32',
  LongStorage: 'I64',
  QInt32Storage: 4,
  QInt8Storage: 1,
  QUInt2x4Storage: 1,
  QUInt4x2Storage: 1,
  QUInt8Storage: 1,
  ShortStorage: 'I16',
};

/** What the dtypes of storages are called that are not read. */
const UNREAD_DTYPES: Readonly<Record<string, string>> = {
  ComplexDoubleStorage: 'complex128',
  ComplexFloatStorage: 'complex64',
  QInt32Storage: 'qint32',
  QInt8Storage: 'qint8',
  QUInt2x4Storage: 'quint2x4',
  QUInt4x2Storage: 'quint4x2',
  QUInt8Storage: 'quint8',
};

/** A number is the width of elements that are not read. */
const DTYPES: Readonly<Record<string, StoredDtype | number>> = {
  bfloat16: 'BF16',
  bits16: 2,
  bits8: 1,
  bool: 'BOOL',
  cdouble: 16,
  cfloat: 8,
  chalf: 4,
  complex128: 16,
  complex32: 4,
  complex64: 8,
  double: 'F64',
  float: 'F32',
  float16: 'F16',
  float32: 'F32',
  float4_e2m1fn_x2: 1,
  float64: 'F64',
  float8_e4m3fn: 'F8_E4M3',
  float8_e4m3fnuz: 'F8_E4M3FNUZ',
  float8_e5m2: 'F8_E5M2',
  float8_e5m2fnuz: 'F8_E5M2FNUZ',
  float8_e8m0fnu: 'F8_E8M0',
  half: 'F16',
  int: 'I32',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  int8: 'I8',
  long: 'I64',
  qint32: 4,
  qint8: 1,
  quint2x4: 1,
  quint4x2: 1,
  quint8: 1,
  short: 'I16',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  uint8: 'U8',
};

/** The elements that a storage class or a dtype of PyTorch stands for, by its full name. */
export function elementsOf(module: string, name: string): ElementType | undefined {
  const full = `${module}.${name}`;
  if (full === 'torch.storage.UntypedStorage') return { name: full, width: 1, dtype: 'U8' };
  if (module !== 'torch' && module !== 'torch.cuda') return undefined;
  const table = [STORAGES, DTYPES].find((names) => Object.hasOwn(names, name));
  const found = table?.[name];
  if (found === undefined) return module === 'torch' && /^u?int[1-7]$/.test(name) ? { name: full, width: 1 } : undefined;
  return typeof found === 'number'
    ? { name: `torch.${UNREAD_DTYPES[name] ?? name}`, width: found }
    : { name: full, width: bytesPerElement(found), dtype: found };
}

/** Why elements are not read, and what to save instead. */
export function unreadElements(name: string): string {
  if (/complex|cfloat|cdouble|chalf/.test(name)) return `complex numbers (${name}) are not read; save torch.view_as_real(tensor)`;
  if (/\.qu?int/.test(name)) return `quantised elements (${name}) are not read; save tensor.dequantize()`;
  return `elements of ${name} are not read; save the tensor in another dtype`;
}
