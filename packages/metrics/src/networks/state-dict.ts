import { dispose, Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { fromTorchLayout, torchShape, type ParameterSpec } from '@stargan/layers';

/** One entry of a state dictionary, in PyTorch's layout: a tensor, or its values in C order with its shape. */
export type StateEntry =
  | Tensor
  | {
      /** Its shape in PyTorch's order of axes; `[]` for a scalar. */
      readonly shape: readonly number[];
      /** Values in C order. */
      readonly data: ArrayLike<number> | ArrayLike<bigint>;
    };

/** A state dictionary as readers of weight files give it: PyTorch's key → values. */
export type StateDict = Readonly<Record<string, StateEntry>>;

/** What {@link readStateDict} may be told besides the keys it needs. */
export interface ReadStateDictOptions {
  /** Keys that may be there or not. */
  optional?: readonly ParameterSpec[] | undefined;
  /** Keys that the network has no use for; they are skipped. */
  ignored?: RegExp | undefined;
}

/**
 * The parameters of a state dictionary in TensorFlow's layout, each key and shape compared with the specs.
 *
 * @param network names who reads, in errors
 * @param specs parameters that must be there, with their shapes in TensorFlow's layout
 * @param state values by key, in PyTorch's layout
 * @returns new tensors by key, those of `specs` and of the `optional` ones that are there; the caller owns them
 * @throws naming the key when one is missing or unexpected, has another shape, or holds no floating-point numbers
 */
export function readStateDict(
  network: string,
  specs: readonly ParameterSpec[],
  state: StateDict,
  { optional = [], ignored }: ReadStateDictOptions = {},
): Record<string, Tensor> {
  const given = Object.keys(state);
  requireKeys(
    network,
    specs.map(({ name }) => name).filter((name) => !Object.hasOwn(state, name)),
    given,
  );
  const known = new Set([...specs, ...optional].map(({ name }) => name));
  const unexpected = given.filter((name) => !known.has(name) && ignored?.test(name) !== true);
  if (unexpected.length > 0) {
    throw new Error(
      `${network}: the weights hold ${list(unexpected)}, which this network does not have; give it the state dictionary of this very network`,
    );
  }
  const present = [...specs, ...optional.filter(({ name }) => Object.hasOwn(state, name))];
  for (const spec of present) requireShape(network, spec, state[spec.name]!);
  const read: Record<string, Tensor> = {};
  try {
    for (const spec of present) read[spec.name] = tidy(() => fromTorchLayout(spec, toTensor(network, spec.name, state[spec.name]!)));
  } catch (error) {
    dispose(read);
    throw error;
  }
  return read;
}

function requireKeys(network: string, missing: readonly string[], given: readonly string[]): void {
  if (missing.length === 0) return;
  const found = given.length === 0 ? 'they are empty' : `they hold ${list(given)}`;
  throw new Error(`${network}: the weights lack ${list(missing)}; ${found}`);
}

function requireShape(network: string, spec: ParameterSpec, { shape }: StateEntry): void {
  const expected = torchShape(spec);
  if (shape.length !== expected.length || expected.some((size, axis) => shape[axis] !== size)) {
    throw new Error(`${network}: ${spec.name} must have shape [${expected.join(', ')}] (PyTorch layout), got [${shape.join(', ')}]`);
  }
}

function toTensor(network: string, name: string, entry: StateEntry): Tensor {
  if (entry instanceof Tensor) return entry;
  const { shape, data } = entry;
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size)
    throw new Error(`${network}: ${name} of shape [${shape.join(', ')}] must hold ${size} values, got ${data.length}`);
  if (typeof data[0] === 'bigint') throw new Error(`${network}: ${name} must hold floating-point numbers, got 64-bit integers`);
  return tensor(data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>), [...shape]);
}

/** The first three, and how many more there are. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
