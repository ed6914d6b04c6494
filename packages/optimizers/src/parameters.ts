import { concat1d, reshape, split } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { warnOfSecondCore } from './one-core.js';

warnOfSecondCore();

/** Named tensors: a network's weights, or their gradients. The order of the names has no meaning. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** Which stretch of a flat vector belongs to which parameter: in this order, one after another. */
export type Layout = {
  /** Names of the parameters. */
  readonly names: string[];
  /** Number of elements of each. */
  readonly sizes: number[];
};

/** New tensors of the names of `P`, each of its parameter's rank. A variable's counterpart is a plain tensor. */
export type Updated<P extends Parameters> = { -readonly [Name in keyof P]: P[Name] extends Tensor<infer R> ? Tensor<R> : Tensor };

/** A tensor for every name of `P`. */
export type Named<P extends Parameters> = { readonly [Name in keyof P]: Tensor };

export function layoutOf(caller: string, parameters: Parameters): Layout {
  requireRecord(caller, 'parameters', parameters);
  const names = Object.keys(parameters);
  if (names.length === 0) throw new Error(`${caller}: parameters must have at least one tensor, got an empty record`);
  return { names, sizes: names.map((name) => tensorOf(caller, parameters, name).size) };
}

/** The tensor of this name, float32. */
export function tensorOf(caller: string, parameters: Parameters, name: string): Tensor {
  // Only own keys: a parameter may be called `constructor`.
  const tensor = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (tensor === undefined) throw new Error(`${caller}: no tensor is named '${name}'`);
  if (!isTensor(tensor)) throw new Error(`${caller}: '${name}' must be a tensor, got ${described(tensor)}`);
  if (tensor.dtype !== 'float32') {
    throw new Error(`${caller}: '${name}' must be float32, got ${tensor.dtype}; convert it with tf.cast`);
  }
  return tensor;
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'dtype' in value && 'shape' in value;
}

function described(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (isTensor(value)) return 'a tensor';
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return 'an array';
  if (typeof value === 'object' && 'then' in value) return 'a promise; await it first';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Fails unless `value` is a plain record: arrays have no names that moments could belong to. */
function requireRecord(caller: string, argument: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isTensor(value) && !('then' in value)) return;
  const remedy = Array.isArray(value) ? '; name each, as in Object.fromEntries(list.map((tensor) => [tensor.name, tensor]))' : '';
  throw new Error(`${caller}: ${argument} must be a record of tensors by name, got ${described(value)}${remedy}`);
}

function list(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => `'${name}'`)
    .join(', ');
  return names.length > 10 ? `${shown} and ${String(names.length - 10)} more` : shown;
}

/** Fails unless the record has exactly these names. */
export function requireNames(caller: string, argument: string, record: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  requireRecord(caller, argument, record);
  const missing = names.filter((name) => !Object.hasOwn(record, name));
  const expected = new Set(names);
  const unexpected = Object.keys(record).filter((name) => !expected.has(name));
  if (missing.length === 0 && unexpected.length === 0) return;
  const faults = [
    ...(missing.length > 0 ? [`missing ${list(missing)}`] : []),
    ...(unexpected.length > 0 ? [`unexpected ${list(unexpected)}`] : []),
  ];
  throw new Error(`${caller}: ${argument} must have the names the state was made for; ${faults.join('; ')}`);
}

/** Fails unless both tensors of this name have one shape. */
export function requireMatchingShape(caller: string, name: string, expected: Tensor, argument: string, actual: Tensor): void {
  const [want, got] = [expected.shape.join(', '), actual.shape.join(', ')];
  if (want !== got) throw new Error(`${caller}: ${argument} '${name}' must have the parameter's shape [${want}], got [${got}]`);
}

/** All tensors of a record as one vector, in the layout's order. */
export function flatten(caller: string, parameters: Parameters, { names }: Layout): Tensor1D {
  return concat1d(names.map((name) => reshape(tensorOf(caller, parameters, name), [-1])));
}

/** The inverse of {@link flatten}; shapes are those of the tensors of the same names in `like`. */
export function unflatten<P extends Parameters>(caller: string, vector: Tensor1D, { names, sizes }: Layout, like: P): Updated<P> {
  const pieces = split(vector, [...sizes], 0);
  return named<P>(
    names,
    names.map((name, index) => reshape(pieces[index] ?? vector, tensorOf(caller, like, name).shape)),
  );
}

/** Tensors under their names, in the order of both. */
export function named<P extends Parameters>(names: readonly string[], tensors: readonly Tensor[]): Updated<P> {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Updated<P>;
}
