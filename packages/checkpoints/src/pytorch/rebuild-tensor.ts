import { elementCount } from '../safetensors-header.js';
import { unreadElements } from './element-types.js';
import { COST, type Charge } from './pickle-budget.js';
import {
  describe,
  isGlobal,
  isOpaque,
  isStorage,
  isPickledTensor,
  isTuple,
  itemsOf,
  type ElementType,
  type OpaquePickle,
  type PickleValue,
  type StorageValue,
  type TensorValue,
} from './pickle-values.js';

const MAX_RANK = 64;

/** What rebuilds a tensor gives: the tensor, or why it is not read. */
type Rebuilt = OpaquePickle | TensorValue;
type Arguments = readonly PickleValue[];

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function counts(what: string, value: PickleValue | undefined): number[] {
  const items = itemsOf(value);
  if (items !== undefined && items.length > MAX_RANK)
    throw new Error(`a tensor has ${String(items.length)} axes; up to ${String(MAX_RANK)} are read`);
  if (!items?.every(isCount))
    throw new Error(
      `a tensor's ${what} must be whole numbers ≥ 0, got ${describe(value)}${items === undefined ? '' : ' of something else'}`,
    );
  return [...items];
}

/** First element behind those that a view reaches, counted from its first one; 0 for an empty view. */
export function viewExtent(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, size, axis) => last + (size - 1) * (strides[axis] ?? 0), 0) + 1;
}

/** Elements of the storage in units of another type, as an untyped storage has them. */
function inUnitsOf(elements: ElementType, storage: StorageValue): StorageValue {
  const ratio = elements.width / storage.elements.width;
  return { ...storage, count: Math.floor(storage.count / ratio), begin: storage.begin / ratio };
}

/** A tensor that is named, and not read. */
function unread(name: string, reason: string, fault?: true): OpaquePickle {
  return { kind: 'opaque', name, contents: [], unread: reason, fault };
}

/** Why what follows a tensor's strides is not understood, or whether it changes the values' signs. */
function readMetadata(rebuild: string, extra: Arguments, metadata: PickleValue | undefined, least: number, most: number): boolean | string {
  const [requiresGrad, hooks] = extra;
  if (extra.length < least || extra.length > most) return `${rebuild} has other arguments than this reader understands`;
  if (requiresGrad !== undefined && typeof requiresGrad !== 'boolean') return `${rebuild} has ${describe(requiresGrad)} for requires_grad`;
  if (hooks !== undefined && hooks !== null && !(hooks instanceof Map)) return `${rebuild} has ${describe(hooks)} for hooks`;
  if (metadata === undefined || metadata === null || metadata === false) return false;
  if (!(metadata instanceof Map)) return `${rebuild} has ${describe(metadata)} for metadata`;
  for (const [key, value] of metadata) {
    if (key === 'conj') return 'its metadata says that it is a complex conjugate, which only complex numbers have';
    // PyTorch writes the key only where it is true, and looks only whether it is there.
    if (key !== 'neg' || value !== true)
      return `its metadata has ${typeof key === 'string' ? JSON.stringify(key.slice(0, 40)) : describe(key)}, which this reader does not understand`;
  }
  return metadata.size > 0;
}

/**
 * The view that `torch._utils._rebuild_tensor*` describes.
 *
 * @param args storage, offset, shape, strides
 * @param negated whether signs change, or why the arguments are not understood
 * @param dtype torch's dtype, where it is not the storage's
 * @throws where the view reaches beyond its storage, or is none
 */
function rebuild(args: Arguments, charge: Charge, negated: boolean | string = false, dtype?: PickleValue): Rebuilt {
  const [storage, offset, size, stride] = args;
  charge(COST.tensor);
  if (!isStorage(storage)) throw new Error(`a tensor's storage must be a storage, got ${describe(storage)}`);
  if (dtype !== undefined && (!isGlobal(dtype) || dtype.elements === undefined))
    throw new Error(`a tensor's dtype must be a dtype, got ${describe(dtype)}`);
  const elements = (isGlobal(dtype) ? dtype.elements : undefined) ?? storage.elements;
  if (elements.dtype === undefined) return unread(elements.name, unreadElements(elements.name));
  if (typeof negated === 'string') return unread(elements.name, negated, true);
  if (negated && elements.dtype === 'BOOL') return unread(elements.name, 'its metadata say that booleans are negated', true);
  const within = inUnitsOf(elements, storage);
  if (!isCount(offset) || !Number.isInteger(within.begin))
    throw new Error(`a tensor's offset must be a whole number ≥ 0, got ${describe(offset)}`);
  const shape = counts('shape', size);
  const strides = counts('strides', stride);
  charge(2 * COST.item * shape.length);
  if (strides.length !== shape.length) throw new Error(`a tensor has ${String(shape.length)} axes and ${String(strides.length)} strides`);
  const extent = viewExtent(shape, strides);
  if (elementCount(shape) === undefined || !Number.isSafeInteger(extent))
    throw new Error(`a tensor of shape [${shape.join(', ')}] has too many elements`);
  if (extent > 0 && offset + extent > within.count) {
    throw new Error(
      `a tensor of shape [${shape.join(', ')}] reaches element ${String(offset + extent)} of a storage of ${String(within.count)}; the file is damaged`,
    );
  }
  return { kind: 'tensor', storage, dtype: elements.dtype, shape, strides, offset: within.begin + offset, negated };
}

/** `_rebuild_tensor(storage, offset, shape, strides)` */
export const rebuildTensorV1 = (args: Arguments, charge: Charge): Rebuilt =>
  rebuild(args, charge, readMetadata('_rebuild_tensor', args.slice(4), undefined, 0, 0));

/** `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks, metadata)` */
export const rebuildTensorV2 = (args: Arguments, charge: Charge): Rebuilt =>
  rebuild(args, charge, readMetadata('_rebuild_tensor_v2', args.slice(4), args[6], 2, 3));

/** `_rebuild_tensor_v3(storage, offset, shape, strides, requires_grad, hooks, dtype, metadata)` */
export const rebuildTensorV3 = (args: Arguments, charge: Charge): Rebuilt =>
  rebuild(args, charge, readMetadata('_rebuild_tensor_v3', args.slice(4), args[7], 3, 4), args[6] ?? null);

/** Attributes that change a tensor's values when they are set. */
const VALUE_ATTRIBUTES: readonly string[] = ['data', 'real', 'imag'];

/** Whether attributes, `dict` or `(dict, slots)`, leave a tensor's values alone. */
function isHarmlessState(state: PickleValue | undefined): boolean {
  if (state === undefined || state === null) return true;
  if (state instanceof Map) return !VALUE_ATTRIBUTES.some((name) => state.has(name));
  return (
    isTuple(state) &&
    state.items.length === 2 &&
    state.items.every((part) => part === null || (part instanceof Map && isHarmlessState(part)))
  );
}

/** The tensor of a Parameter: `(data, requires_grad, hooks, state)`. */
export function rebuildParameter(args: Arguments): Rebuilt {
  const [data, requiresGrad, hooks, state] = args;
  if (isOpaque(data) && data.unread !== undefined) return data;
  if (!isPickledTensor(data)) throw new Error(`the pickle makes a parameter of ${describe(data)}`);
  const fault = readMetadata('a parameter', args.slice(1, 3), undefined, 0, 2);
  if (typeof fault === 'string' || args.length > 4 || !isHarmlessState(state)) {
    return unread(
      'torch.nn.parameter.Parameter',
      typeof fault === 'string'
        ? fault
        : `its attributes change its values: ${describe(requiresGrad)}, ${describe(hooks)}, ${describe(state)}`,
      true,
    );
  }
  return data;
}

const PLAIN_CLASSES: readonly string[] = ['torch.Tensor', 'torch.nn.parameter.Parameter', 'torch.nn.parameter.Buffer'];

/** The tensor of a class, with attributes: `(rebuild, class, arguments, state)`; the attributes are left out. */
export function rebuildTensorFromType(args: Arguments, charge: Charge): Rebuilt {
  const [callee, type, given, state] = args;
  const items = itemsOf(given);
  if (!isGlobal(callee) || items === undefined || !isGlobal(type)) throw new Error(`the pickle rebuilds a tensor with ${describe(callee)}`);
  const { call } = callee;
  if (call !== rebuildTensorV1 && call !== rebuildTensorV2 && call !== rebuildTensorV3 && call !== rebuildParameter) {
    if (callee.opaque === true) return unread(callee.name, 'tensors of this kind are not read; save a dense copy of it');
    throw new Error(`the pickle rebuilds a tensor with ${describe(callee)}`);
  }
  const tensor = call(items, charge) as Rebuilt;
  if (isOpaque(tensor)) return tensor;
  if (!PLAIN_CLASSES.includes(type.name))
    return unread(type.name, 'what this class of tensors does with its values is not known; save tensor.as_subclass(torch.Tensor)');
  return args.length <= 4 && isHarmlessState(state) ? tensor : unread(type.name, 'its attributes change its values', true);
}

/** Whether the state set on a tensor is that of an early PyTorch, `(requires_grad, volatile, hooks)`, which changes no value. */
export function isHarmlessTensorState(state: PickleValue): boolean {
  if (!isTuple(state) || state.items.length !== 3) return false;
  const [requiresGrad, volatile, hooks] = state.items;
  return (
    typeof requiresGrad === 'boolean' && (volatile === null || typeof volatile === 'boolean') && (hooks === null || hooks instanceof Map)
  );
}

/**
 * The storage that a persistent identifier of torch.save names: `('storage', class, key, location, count)`, in old
 * files also a part of it, `(key of the part, offset, count)`.
 *
 * @throws for any other identifier
 */
export function findStorage(id: PickleValue): StorageValue {
  const [what, type, key, location, count, part, ...more] = isTuple(id) ? id.items : [];
  if (what === 'module')
    throw new Error('the file holds a whole module with its source code; save only its tensors: torch.save(model.state_dict(), path)');
  if (
    what !== 'storage' ||
    !isGlobal(type) ||
    type.elements === undefined ||
    typeof key !== 'string' ||
    typeof location !== 'string' ||
    !isCount(count) ||
    more.length > 0
  ) {
    throw new Error('the pickle refers to something outside it that is no storage of a tensor');
  }
  const whole: StorageValue = { kind: 'storage', key, elements: type.elements, storedCount: count, begin: 0, count };
  if (part === undefined || part === null) return whole;
  const within = itemsOf(part);
  const [, begin, length] = within ?? [];
  if (!isCount(begin) || !isCount(length) || begin + length > count)
    throw new Error(`part of storage ${JSON.stringify(key.slice(0, 80))} reaches beyond it`);
  return { ...whole, begin, count: length };
}
