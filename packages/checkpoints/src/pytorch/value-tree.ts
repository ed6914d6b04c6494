import { keyText } from './pickle-dict.js';
import {
  isComplex,
  isGlobal,
  isOpaque,
  isStorage,
  isPickledTensor,
  isTuple,
  itemsOf,
  type ComplexValue,
  type OpaquePickle,
  type PickleKey,
  type PickleValue,
  type TensorValue,
} from './pickle-values.js';
import { makesTensor } from './python-globals.js';

/**
 * What a PyTorch file holds: Python's values, with dicts as maps and lists, tuples and sets as arrays. Whole numbers
 * beyond 2⁵³ are bigints; dtypes and devices are their names.
 *
 * @typeParam T what stands for a tensor
 */
export type PyTorchValue<T> =
  null | boolean | number | bigint | string | Uint8Array | readonly PyTorchValue<T>[] | PyTorchDict<T> | ComplexValue | OpaqueValue | T;

/** A Python dict. */
export type PyTorchDict<T> = ReadonlyMap<PyTorchKey, PyTorchValue<T>>;

/** What a dict's key may be: a plain value, a tuple of such, or a value that is only named. */
export type PyTorchKey = null | boolean | number | bigint | string | Uint8Array | readonly PyTorchKey[] | ComplexValue | OpaqueValue;

/** A value of a class that is only named: nothing of it is made or run. */
export interface OpaqueValue {
  /** Tells it from tensors and other values. */
  readonly kind: 'opaque';
  /** What Python calls its class, the function that makes it, or its dtype: `argparse.Namespace`, `torch.complex64`. */
  readonly name: string;
  /** Why the tensor that it is, or tensors that it holds, cannot be read; absent where there are none. */
  readonly unread?: string | undefined;
}

/**
 * Whether a value of a PyTorch file is one that is only named.
 *
 * @param value any part of the tree that a PyTorch file holds
 */
export function isOpaqueValue(value: unknown): value is OpaqueValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'opaque';
}

// A few bytes of a pickle can describe a list of lists of … that has more elements than there is memory.
const MAX_VALUES = 1_000_000;
const MAX_DEPTH = 100;

// What opaque values are made of may refer to themselves, and to each other's.
const MAX_LOOKED_AT = 4_000_000;

/** Looks for tensors in what opaque values would have been made of, with a limit for all of them together. */
function tensorFinder(): (value: OpaquePickle) => boolean {
  let left = MAX_LOOKED_AT;
  return (root) => {
    const seen = new Set<PickleValue>([root]);
    const open: PickleValue[] = [root];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (isPickledTensor(value) || isStorage(value) || (isOpaque(value) && (value.unread !== undefined || makesTensor(value.name))))
        return true;
      const members = isOpaque(value) ? value.contents : value instanceof Map ? value.values() : (itemsOf(value) ?? []);
      for (const member of members) {
        // Too much to look through: it is said to hold some rather than none.
        left -= 1;
        if (left < 0) return true;
        if (typeof member !== 'object' || member === null || member instanceof Uint8Array || seen.has(member)) continue;
        seen.add(member);
        open.push(member);
      }
    }
    return false;
  };
}

/** What is done with tensors, and with values at fault. */
export interface TreeRules<T> {
  /** What stands for a tensor. */
  tensor(tensor: TensorValue): T;
  /** Told of each tensor whose description is at fault, with the keys on the way to it. */
  fault?(path: string, reason: string): void;
}

/**
 * The values of a pickle with each tensor replaced.
 *
 * @throws where the values are too many, too deeply nested or contain themselves
 */
export function convertTree<T>(root: PickleValue, rules: TreeRules<T>): PyTorchValue<T> {
  let count = 0;
  const path: (PickleKey | number)[] = [];
  const holdsTensors = tensorFinder();
  const opaque = (value: OpaquePickle): OpaqueValue => {
    const { kind, name, unread, fault } = value;
    if (fault) rules.fault?.(path.map((key) => shortKey(key)).join('.'), unread ?? '');
    if (unread !== undefined) return { kind, name, unread };
    if (makesTensor(name)) return { kind, name, unread: 'tensors of this kind are not read; save a dense tensor of a plain dtype' };
    if (holdsTensors(value))
      return {
        kind,
        name,
        unread: `it holds tensors, and ${name} is a class that is not known; save its tensors in a dict: torch.save(model.state_dict(), path)`,
      };
    return { kind, name };
  };
  const members = (items: readonly PickleValue[], depth: number): PyTorchValue<T>[] =>
    items.map((item, i) => {
      path.push(i);
      const value = convert(item, depth);
      path.pop();
      return value;
    });
  const dict = (items: ReadonlyMap<PickleKey, PickleValue>, depth: number): PyTorchDict<T> => {
    const result = new Map<PyTorchKey, PyTorchValue<T>>();
    for (const [key, item] of items) {
      const name = convertKey(key, depth);
      if (result.has(name)) throw new Error(`a dict has two keys that are both ${shortKey(key)} here`);
      path.push(key);
      result.set(name, convert(item, depth));
      path.pop();
    }
    return result;
  };
  const convertKey = (key: PickleKey, depth: number): PyTorchKey =>
    isTuple(key) ? key.items.map((item) => convertKey(item as PickleKey, depth + 1)) : (convert(key, depth) as PyTorchKey);
  const convert = (value: PickleValue, outside: number): PyTorchValue<T> => {
    const depth = outside + 1;
    count += 1;
    if (count > MAX_VALUES)
      throw new Error(`the file describes more than ${String(MAX_VALUES)} values; save only the tensors (state_dict())`);
    if (outside > MAX_DEPTH) throw new Error(`the values are nested more than ${String(MAX_DEPTH)} deep, or contain themselves`);
    if (isPickledTensor(value)) return rules.tensor(value);
    if (isTuple(value)) return members(value.items, depth);
    if (isOpaque(value)) return opaque(value);
    if (isGlobal(value)) return value.opaque === true ? { kind: 'opaque', name: value.name } : value.name;
    if (isStorage(value))
      return { kind: 'opaque', name: value.elements.name, unread: 'it is a storage that belongs to no tensor; save tensors instead' };
    if (Array.isArray(value)) return members(value, depth);
    if (value instanceof Map) return dict(value, depth);
    return value;
  };
  return convert(root, 0);
}

/** How the names of tensors are made. */
export interface NameOptions {
  /** Left out where a key begins with it: `'module.'`, which wrapping a network with DataParallel adds. */
  readonly stripPrefix?: string | undefined;
  /**
   * Told the name of each value whose tensors cannot be read, and why (`value.unread`), which is then left out. Without
   * it such a value is an error.
   */
  readonly onUnread?: ((name: string, value: OpaqueValue) => void) | undefined;
}

// Longer names are no names of tensors; a million of them would fill memory.
const MAX_NAME = 1024;
const MAX_NAMES = 64 * 1024 * 1024;

/** A key as part of a name: texts as they are, anything else as Python prints it. */
function shortKey(key: PickleKey | number): string {
  return typeof key === 'string' ? key.slice(0, MAX_NAME + 1) : isOpaque(key) ? key.name : keyText(key);
}

function publicKey(key: PyTorchKey): string {
  if (typeof key === 'string') return key.slice(0, MAX_NAME + 1);
  if (isOpaqueValue(key)) return key.name;
  if (isKeys(key)) return `(${key.map(publicKey).join(', ')})`.slice(0, MAX_NAME + 1);
  return typeof key === 'boolean' || key === null ? String(key) : keyText(key);
}

/**
 * The tensors of nested dicts and lists by name, the keys on the way to each joined with dots:
 * `generator.main.0.weight`. What is no tensor is left out.
 *
 * @param value what a PyTorch file holds, or a dict or list in it.
 * @throws where two tensors would have one name, the value is a single tensor, or tensors cannot be read and there is
 * no `onUnread`
 */
export function tensorsByName<T extends object>(value: PyTorchValue<T>, { stripPrefix = '', onUnread }: NameOptions = {}): Map<string, T> {
  const tensors = new Map<string, T>();
  let characters = 0;
  const unread = (item: OpaqueValue, path: string | undefined): void => {
    if (item.unread === undefined) return;
    if (onUnread !== undefined) onUnread(path ?? '', item);
    else
      throw new Error(
        `${path === undefined ? 'the value' : `'${path}'`} is ${item.name}, of which no tensor can be read: ${item.unread}. The rest can be read with onUnread, or with openPyTorchFile`,
      );
  };
  const visit = (item: PyTorchValue<T>, path: string | undefined): void => {
    if (item === null || typeof item !== 'object' || item instanceof Uint8Array) return;
    if (isDict(item)) for (const [key, member] of item) visit(member, joined(path, strip(publicKey(key), stripPrefix)));
    else if (isList(item))
      item.forEach((member, i) => {
        visit(member, joined(path, String(i)));
      });
    else if (isOpaqueValue(item)) unread(item, path);
    else if (!isComplexValue(item)) {
      add(tensors, path, item);
      characters += path?.length ?? 0;
      if (characters > MAX_NAMES)
        throw new Error(`the names of the tensors have more than ${String(MAX_NAMES)} characters; read them with openPyTorchFile`);
    }
  };
  visit(value, undefined);
  return tensors;
}

function add<T>(tensors: Map<string, T>, name: string | undefined, tensor: T): void {
  if (name === undefined) throw new Error('the file holds a single tensor, without a name; read it with readPyTorchFile');
  if (name.length > MAX_NAME || name === '__proto__')
    throw new Error(`a tensor has the name ${JSON.stringify(name.slice(0, 80))}${name.length > 80 ? '…' : ''}, which cannot be used`);
  if (tensors.has(name)) throw new Error(`two tensors have the name ${JSON.stringify(name)}; read them with readPyTorchFile`);
  tensors.set(name, tensor);
}

// Array.isArray and instanceof do not narrow a union with a type parameter.
const isList = <T>(value: PyTorchValue<T>): value is readonly PyTorchValue<T>[] => Array.isArray(value);
const isDict = <T>(value: PyTorchValue<T>): value is PyTorchDict<T> => value instanceof Map;
const isKeys = (key: PyTorchKey): key is readonly PyTorchKey[] => Array.isArray(key);
const isComplexValue = <T>(value: PyTorchValue<T>): value is ComplexValue => isComplex(value as PickleValue);

const joined = (path: string | undefined, key: string): string => (path === undefined ? key : `${path.slice(0, MAX_NAME)}.${key}`);

const strip = (key: string, prefix: string): string => (key.startsWith(prefix) ? key.slice(prefix.length) : key);
