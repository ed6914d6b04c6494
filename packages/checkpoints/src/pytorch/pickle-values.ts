import type { StoredDtype } from '../dtypes.js';
import type { Charge } from './pickle-budget.js';

/** What a pickle's program works on. Everything here is data; nothing of it can act. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleDict
  | PickleTuple
  | PickleGlobal
  | StorageValue
  | TensorValue
  | ComplexValue
  | OpaquePickle;

/** A Python list or set. */
export type PickleList = PickleValue[];

/** What a dict's key may be here: whatever Python hashes by its value, and what is opaque. */
export type PickleKey = null | boolean | number | bigint | string | Uint8Array | PickleTuple | PickleGlobal | ComplexValue | OpaquePickle;

/** A Python dict, in its order. */
export type PickleDict = Map<PickleKey, PickleValue>;

/** A Python tuple. */
export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

/** A Python function or class that this package knows, by its name. */
export interface PickleGlobal {
  readonly kind: 'global';
  /** `torch._utils._rebuild_tensor_v2` */
  readonly name: string;
  /** What calling it gives; without it, the name is only mentioned. */
  readonly call?: (args: readonly PickleValue[], charge: Charge) => PickleValue;
  /** Elements that it stands for: of a storage class, or a dtype. */
  readonly elements?: ElementType;
  /** Nothing is known of it but the name: calling it gives an opaque value. */
  readonly opaque?: true;
}

/** Elements of a storage, which may be of a type that is not read. */
export interface ElementType {
  /** As PyTorch calls the dtype or the class of storages: `torch.complex64`. */
  readonly name: string;
  /** Bytes of one. */
  readonly width: number;
  /** Undefined where they are not read. */
  readonly dtype?: StoredDtype;
}

/** A Python complex number. */
export interface ComplexValue {
  /** Tells it from other values. */
  readonly kind: 'complex';
  /** Real part. */
  readonly real: number;
  /** Imaginary part. */
  readonly imaginary: number;
}

/** A value of a class that is not known: its name, and what it would have been made of. */
export interface OpaquePickle {
  readonly kind: 'opaque';
  readonly name: string;
  readonly contents: PickleValue[];
  /** Why the tensor that it is cannot be read. */
  readonly unread?: string;
  /** Whether the file is at fault, so that a whole file must not be read past it. */
  readonly fault?: true;
}

/** A stretch of elements that tensors share. */
export interface StorageValue {
  readonly kind: 'storage';
  /** Name of its bytes in the file. */
  readonly key: string;
  readonly elements: ElementType;
  /** Elements in the file under `key`. */
  readonly storedCount: number;
  /** First element of those that belong to this storage. */
  readonly begin: number;
  /** Elements that belong to it. */
  readonly count: number;
}

/** A tensor: a strided view into a storage. */
export interface TensorValue {
  readonly kind: 'tensor';
  readonly storage: StorageValue;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** Elements from one index to the next, by axis. */
  readonly strides: readonly number[];
  /** Element in the file's bytes under the storage's key that the first index names. */
  readonly offset: number;
  /** Whether the values are those of the storage with their signs changed. */
  readonly negated: boolean;
}

export function tuple(items: readonly PickleValue[]): PickleTuple {
  return { kind: 'tuple', items };
}

/** Whether a value is of the kinds told apart by their `kind`. */
function kindOf(value: PickleValue): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

export function isTuple(value: PickleValue | undefined): value is PickleTuple {
  return value !== undefined && kindOf(value) === 'tuple';
}

export function isGlobal(value: PickleValue | undefined): value is PickleGlobal {
  return value !== undefined && kindOf(value) === 'global';
}

export function isStorage(value: PickleValue | undefined): value is StorageValue {
  return value !== undefined && kindOf(value) === 'storage';
}

export function isOpaque(value: PickleValue | undefined): value is OpaquePickle {
  return value !== undefined && kindOf(value) === 'opaque';
}

export function isComplex(value: PickleValue | undefined): value is ComplexValue {
  return value !== undefined && kindOf(value) === 'complex';
}

export function isPickledTensor(value: PickleValue | undefined): value is TensorValue {
  return value !== undefined && kindOf(value) === 'tensor';
}

/** The items of a list or a tuple; undefined of anything else. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  if (Array.isArray(value)) return value;
  return isTuple(value) ? value.items : undefined;
}

/** What a value is, in a word or two, for messages. */
export function describe(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dict';
  if (value instanceof Uint8Array) return 'bytes';
  if (isGlobal(value) || isOpaque(value)) return value.name;
  return kindOf(value) === undefined ? `a ${typeof value}` : `a ${kindOf(value) ?? ''}`;
}
