import { isGlobal, isStorage, isTensor, isTuple, type PickleValue, type TensorValue } from './pickle-values.js';

/**
 * What a PyTorch file holds: Python's values, with dicts as maps and lists, tuples and sets as arrays. Whole numbers
 * beyond 2⁵³ are bigints; dtypes and devices are their names.
 *
 * @typeParam T what stands for a tensor
 */
export type PyTorchValue<T> = null | boolean | number | bigint | string | Uint8Array | readonly PyTorchValue<T>[] | PyTorchDict<T> | T;

/** A Python dict. */
export type PyTorchDict<T> = ReadonlyMap<bigint | boolean | number | string, PyTorchValue<T>>;

// A few bytes of a pickle can describe a list of lists of … that has more elements than there is memory.
const MAX_VALUES = 1_000_000;
const MAX_DEPTH = 100;

/**
 * The values of a pickle with each tensor replaced.
 *
 * @throws where the values are too many, too deeply nested or contain themselves
 */
export function convertTree<T>(root: PickleValue, replace: (tensor: TensorValue) => T): PyTorchValue<T> {
  let count = 0;
  const convert = (value: PickleValue, depth: number): PyTorchValue<T> => {
    count += 1;
    if (count > MAX_VALUES) throw new Error(`the file describes more than ${String(MAX_VALUES)} values; save only the tensors (state_dict())`);
    if (depth > MAX_DEPTH) throw new Error(`the values are nested more than ${String(MAX_DEPTH)} deep, or contain themselves`);
    if (isTensor(value)) return replace(value);
    if (isTuple(value)) return value.items.map((item) => convert(item, depth + 1));
    if (isGlobal(value)) return value.name;
    if (isStorage(value)) throw new Error('the file holds a storage that belongs to no tensor; save tensors instead');
    if (Array.isArray(value)) return value.map((item) => convert(item, depth + 1));
    if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [key, convert(item, depth + 1)] as const));
    return value;
  };
  return convert(root, 0);
}

/** How the names of tensors are made. */
export interface NameOptions {
  /** Left out where a key begins with it: `'module.'`, which wrapping a network with DataParallel adds. */
  readonly stripPrefix?: string;
}

// Longer names are no names of tensors; a million of them would fill memory.
const MAX_NAME = 1024;

/**
 * The tensors of nested dicts and lists by name, the keys on the way to each joined with dots:
 * `generator.main.0.weight`. What is no tensor is left out.
 *
 * @param value what a PyTorch file holds, or a dict or list in it.
 * @throws where two tensors would have one name, or the value is a single tensor
 */
export function tensorsByName<T extends object>(value: PyTorchValue<T>, { stripPrefix = '' }: NameOptions = {}): Map<string, T> {
  const tensors = new Map<string, T>();
  const visit = (item: PyTorchValue<T>, path: string | undefined): void => {
    if (item === null || typeof item !== 'object' || item instanceof Uint8Array) return;
    if (isDict(item)) for (const [key, member] of item) visit(member, joined(path, strip(String(key), stripPrefix)));
    else if (isList(item)) item.forEach((member, i) => { visit(member, joined(path, String(i))); });
    else add(tensors, path, item);
  };
  visit(value, undefined);
  return tensors;
}

function add<T>(tensors: Map<string, T>, name: string | undefined, tensor: T): void {
  if (name === undefined) throw new Error('the file holds a single tensor, without a name; read it with readPyTorchFile');
  if (name.length > MAX_NAME || name === '__proto__') throw new Error(`a tensor has the name ${JSON.stringify(name.slice(0, 80))}${name.length > 80 ? '…' : ''}, which cannot be used`);
  if (tensors.has(name)) throw new Error(`two tensors have the name ${JSON.stringify(name)}; read them with readPyTorchFile`);
  tensors.set(name, tensor);
}

// Array.isArray and instanceof do not narrow a union with a type parameter.
const isList = <T>(value: PyTorchValue<T>): value is readonly PyTorchValue<T>[] => Array.isArray(value);
const isDict = <T>(value: PyTorchValue<T>): value is PyTorchDict<T> => value instanceof Map;

const joined = (path: string | undefined, key: string): string => (path === undefined ? key : `${path.slice(0, MAX_NAME)}.${key}`);

const strip = (key: string, prefix: string): string => (key.startsWith(prefix) ? key.slice(prefix.length) : key);
