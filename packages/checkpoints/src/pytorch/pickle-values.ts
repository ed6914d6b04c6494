import type { StoredDtype } from '../dtypes.js';

/** What a pickle's program works on. Everything here is data; nothing of it can act. */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | PickleList | PickleDict | PickleTuple | PickleGlobal | StorageValue | TensorValue;

/** A Python list or set. */
export type PickleList = PickleValue[];

/** What a dict's key may be here. */
export type PickleKey = bigint | boolean | number | string;

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
  readonly call?: (args: readonly PickleValue[]) => PickleValue;
  /** Element type that it stands for: of a storage class, or a dtype. */
  readonly dtype?: StoredDtype;
}

/** A stretch of elements that tensors share. */
export interface StorageValue {
  readonly kind: 'storage';
  /** Name of its bytes in the file. */
  readonly key: string;
  readonly dtype: StoredDtype;
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

export function isTensor(value: PickleValue | undefined): value is TensorValue {
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
  if (isGlobal(value)) return value.name;
  return kindOf(value) === undefined ? `a ${typeof value}` : `a ${kindOf(value) ?? ''}`;
}
