import fc from 'fast-check';
import { bytesPerElement, DTYPES, isDtype, valuesOver, type Dtype } from '../dtypes.js';
import type { StoredTensor } from '../safetensors-content.js';

const dtypes = fc.constantFrom(...DTYPES).map((name): Dtype => {
  if (!isDtype(name)) throw new Error(`tests: ${name} is no dtype`);
  return name;
});

/** Tensors of every dtype and many shapes, scalars and empty ones included, made of arbitrary bytes. */
export const storedTensors: fc.Arbitrary<StoredTensor> = fc
  .tuple(dtypes, fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const bytes = shape.reduce((count, size) => count * size, 1) * bytesPerElement(dtype);
    return fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((raw) => ({ dtype, shape, data: valuesOver(dtype, new Uint8Array(raw).buffer) }) as StoredTensor);
  });

/** Names with the characters that trouble JSON, records and paths. */
export const names = fc
  .oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('constructor', 'toString', '0', '', 'a.b.weight', '"\\\n'))
  .filter((name) => !/\p{Surrogate}|^__(?:proto|metadata)__$/u.test(name));

/** The bytes of a tensor's data. */
export function bytesOf({ data }: StoredTensor): number[] {
  return Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** The elements of a tensor, as numbers of whatever kind. */
export function valuesOf(tensor: StoredTensor | undefined): (bigint | number)[] {
  return tensor === undefined ? [] : Array.from(tensor.data as Iterable<bigint | number>);
}
