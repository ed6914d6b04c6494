import type { StoredDtype } from '../dtypes.js';
import { bytesPerElement } from '../dtypes.js';
import { elementCount } from '../safetensors-header.js';
import { describe, isGlobal, isStorage, isTuple, itemsOf, type PickleValue, type StorageValue, type TensorValue } from './pickle-values.js';

const MAX_RANK = 64;

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function counts(what: string, value: PickleValue | undefined): number[] {
  const items = itemsOf(value);
  if (!items?.every(isCount)) throw new Error(`a tensor's ${what} must be whole numbers ≥ 0, got ${describe(value)}${items === undefined ? '' : ' of something else'}`);
  if (items.length > MAX_RANK) throw new Error(`a tensor has ${String(items.length)} axes; up to ${String(MAX_RANK)} are read`);
  return [...items];
}

/** First element behind those that a view reaches, counted from its first one; 0 for an empty view. */
export function viewExtent(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, size, axis) => last + (size - 1) * (strides[axis] ?? 0), 0) + 1;
}

/** Elements of the storage in units of another dtype, as an untyped storage has them. */
function inUnitsOf(dtype: StoredDtype, storage: StorageValue): StorageValue {
  const ratio = bytesPerElement(dtype) / bytesPerElement(storage.dtype);
  return { ...storage, count: Math.floor(storage.count / ratio), begin: storage.begin / ratio };
}

/**
 * The view that `torch._utils._rebuild_tensor*` describes.
 *
 * @param args storage, offset, shape, strides; what follows (gradients, hooks) says nothing about values
 * @param dtype torch's dtype, where it is not the storage's
 * @throws where the view reaches beyond its storage, or is none
 */
export function rebuildTensor(args: readonly PickleValue[], dtype?: PickleValue): TensorValue {
  const [storage, offset, size, stride] = args;
  if (!isStorage(storage)) throw new Error(`a tensor's storage must be a storage, got ${describe(storage)}`);
  if (dtype !== undefined && (!isGlobal(dtype) || dtype.dtype === undefined)) throw new Error(`a tensor's dtype must be a dtype, got ${describe(dtype)}`);
  const elements = (isGlobal(dtype) ? dtype.dtype : undefined) ?? storage.dtype;
  const within = inUnitsOf(elements, storage);
  if (!isCount(offset) || !Number.isInteger(within.begin)) throw new Error(`a tensor's offset must be a whole number ≥ 0, got ${describe(offset)}`);
  const shape = counts('shape', size);
  const strides = counts('strides', stride);
  if (strides.length !== shape.length) throw new Error(`a tensor has ${String(shape.length)} axes and ${String(strides.length)} strides`);
  const extent = viewExtent(shape, strides);
  if (elementCount(shape) === undefined || !Number.isSafeInteger(extent)) throw new Error(`a tensor of shape [${shape.join(', ')}] has too many elements`);
  if (extent > 0 && offset + extent > within.count) {
    throw new Error(`a tensor of shape [${shape.join(', ')}] reaches element ${String(offset + extent)} of a storage of ${String(within.count)}; the file is damaged`);
  }
  return { kind: 'tensor', storage, dtype: elements, shape, strides, offset: within.begin + offset };
}

/**
 * The storage that a persistent identifier of torch.save names: `('storage', class, key, location, count)`, in old
 * files also a part of it, `(key of the part, offset, count)`.
 *
 * @throws for any other identifier
 */
export function findStorage(id: PickleValue): StorageValue {
  const [what, type, key, , count, part] = isTuple(id) ? id.items : [];
  if (what === 'module') throw new Error('the file holds a whole module with its source code; save only its tensors: torch.save(model.state_dict(), path)');
  if (what !== 'storage' || !isGlobal(type) || type.dtype === undefined || typeof key !== 'string' || !isCount(count)) {
    throw new Error('the pickle refers to something outside it that is no storage of a tensor');
  }
  const whole: StorageValue = { kind: 'storage', key, dtype: type.dtype, storedCount: count, begin: 0, count };
  const within = itemsOf(part);
  if (within === undefined) return whole;
  const [, begin, length] = within;
  if (!isCount(begin) || !isCount(length) || begin + length > count) throw new Error(`part of storage ${JSON.stringify(key)} reaches beyond it`);
  return { ...whole, begin, count: length };
}
