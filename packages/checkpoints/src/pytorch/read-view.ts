import { bytesPerElement, isSmallFloat, valuesOver, type StoredDtype, type TensorData } from '../dtypes.js';
import type { StoredTensor } from '../safetensors-content.js';
import { smallFloatsToFloat32 } from '../small-floats.js';
import type { TensorValue } from './pickle-values.js';
import { viewExtent } from './rebuild-tensor.js';

/** Whether the elements lie one after another in C order. */
function isContiguous({ shape, strides }: TensorValue): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 0;
    if (size !== 1 && strides[axis] !== step) return false;
    step *= size;
  }
  return true;
}

interface BitsArray {
  readonly length: number;
  [index: number]: bigint | number;
}

/** Elements as bits of one width, which any dtype of that width can be copied by. */
function bitsOver(buffer: ArrayBuffer, width: number): BitsArray {
  if (width === 8) return new BigUint64Array(buffer);
  if (width === 4) return new Uint32Array(buffer);
  return width === 2 ? new Uint16Array(buffer) : new Uint8Array(buffer);
}

/** Copies a view's elements, in C order, into `target`. */
function gather({ shape, strides }: TensorValue, source: BitsArray, target: BitsArray): void {
  const last = shape.length - 1;
  const [size, stride] = [shape[last] ?? 1, strides[last] ?? 1];
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < target.length;) {
    for (let i = 0; i < size; i++) target[to++] = source[from + i * stride] ?? 0;
    // The index of the row counts up like an odometer.
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      from -= (shape[axis] ?? 0) * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
}

function elementsOf(view: TensorValue, storage: ArrayBuffer): ArrayBuffer {
  const width = bytesPerElement(view.dtype);
  const count = view.shape.reduce((product, size) => product * size, 1);
  if (count === 0) return new ArrayBuffer(0);
  const begin = view.offset * width;
  if (isContiguous(view)) return storage.slice(begin, begin + count * width);
  const elements = new ArrayBuffer(count * width);
  const reached = storage.slice(begin, begin + viewExtent(view.shape, view.strides) * width);
  gather(view, bitsOver(reached, width), bitsOver(elements, width));
  return elements;
}

/** Bytes of a tensor in memory: as F32 where the file has a smaller float. */
export function bytesInMemory(dtype: StoredDtype, shape: readonly number[]): number {
  const width = isSmallFloat(dtype) ? 4 : bytesPerElement(dtype);
  return shape.reduce((product, size) => product * size, width);
}

/** Changes every sign, in place; whole numbers wrap as PyTorch's do. */
function negate(data: TensorData): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) for (let i = 0; i < data.length; i++) data[i] = -(data[i] ?? 0n);
  else for (let i = 0; i < data.length; i++) data[i] = -(data[i] ?? 0);
}

/** A view's values in memory of their own, in C order. Floats smaller than F32 become F32. */
export function readView(view: TensorValue, storage: ArrayBuffer): StoredTensor {
  const buffer = elementsOf(view, storage);
  const { dtype } = view;
  const shape = [...view.shape];
  const tensor = (
    isSmallFloat(dtype)
      ? { dtype: 'F32', shape, data: smallFloatsToFloat32(dtype, buffer) }
      : { dtype, shape, data: valuesOver(dtype, buffer) }
  ) as StoredTensor;
  if (view.negated) negate(tensor.data);
  return tensor;
}
