import { isOpaqueValue, type PyTorchDict, type PyTorchKey, type PyTorchTensor, type PyTorchValue } from '@stargan/checkpoints';
import { fewOf, printable } from './printable.js';

/** A value of a PyTorch file whose tensors are still to be read. */
export type PythonValue = PyTorchValue<PyTorchTensor>;

/** A Python dict whose tensors are still to be read. */
export type PythonDict = PyTorchDict<PyTorchTensor>;

/** Whether a value is a dict. */
export const isDict = (value: PythonValue | undefined): value is PythonDict => value instanceof Map;

/** Whether a value is a list or a tuple. */
export const isList = (value: PythonValue | undefined): value is readonly PythonValue[] => Array.isArray(value);

/** Whether a value is a tensor. */
export const isTensor = (value: PythonValue | undefined): value is PyTorchTensor =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value;

/** Keys of a dict that are texts. */
export const textKeys = (dict: PythonDict): string[] => [...dict.keys()].filter((key) => typeof key === 'string');

/** A key of a dict, in a message. */
export const keyName = (key: PyTorchKey): string =>
  typeof key === 'string' ? printable(key) : typeof key === 'number' ? `${key}` : 'a key that is no text';

/** Whether a value is a dict of tensors, as `state_dict()` gives it. */
const isStateDict = (value: PythonValue | undefined): value is PythonDict =>
  isDict(value) && value.size > 0 && [...value.values()].every(isTensor);

/** What a file holds, in a few words: for messages about files that are of something else. */
export function describeValue(value: PythonValue): string {
  if (isTensor(value)) return `a single tensor [${value.shape.join(', ')}]`;
  if (isOpaqueValue(value)) return `an object of the class ${printable(value.name)}`;
  if (isStateDict(value)) return `a state dict of 1 network with the keys ${fewOf(textKeys(value))}`;
  if (isDict(value)) return describeDict(value);
  if (isList(value)) return `a list of ${value.length} values`;
  return `a plain value of Python (${value === null ? 'None' : typeof value})`;
}

function describeDict(dict: PythonDict): string {
  if (dict.size === 0) return 'an empty dict';
  const networks = [...dict].filter(([, value]) => isStateDict(value));
  if (networks.length < dict.size) return `a dict with the keys ${fewOf(textKeys(dict), 6)}`;
  const list = networks.slice(0, 4).map(([name, value]) => `${keyName(name)} with ${fewOf(textKeys(value as PythonDict), 2)}`);
  return `state dicts of ${networks.length} network${networks.length === 1 ? '' : 's'} (${list.join('; ')}${networks.length > 4 ? '; …' : ''})`;
}
