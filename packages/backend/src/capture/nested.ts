import { Tensor } from '@tensorflow/tfjs-core';
import { CaptureError } from './capture-error.js';

/** What stands in a value where its tensors were. */
class Place {
  constructor(readonly index: number) {}
}

/** A value of records and lists without its tensors. */
export interface Nested {
  /** The tensors, from left to right. */
  readonly tensors: readonly Tensor[];
  /** The value with a {@link Place} for every tensor. */
  readonly shape: unknown;
  /** Text that is the same for values that differ in nothing but the tensors. */
  readonly key: string;
}

/**
 * Takes the tensors out of records and lists.
 *
 * @param what name for messages
 * @throws {CaptureError} where there is something that is neither tensor, record, list nor plain value
 */
export function takeApart(what: string, value: unknown): Nested {
  const tensors: Tensor[] = [];
  const keys: string[] = [];
  const visit = (part: unknown, path: string): unknown => {
    if (isTensor(part)) {
      keys.push(`<${part.dtype}[${part.shape.join()}]>`);
      return new Place(tensors.push(part) - 1);
    }
    if (typeof part !== 'object' || part === null) {
      if (typeof part === 'function' || typeof part === 'symbol') refuse(what, path, part);
      keys.push(Object.is(part, -0) ? '-0' : typeof part === 'string' ? JSON.stringify(part) : `${typeof part}:${String(part)}`);
      return part;
    }
    if (Array.isArray(part)) {
      keys.push('[');
      const copy = part.map((element, i) => visit(element, `${path}[${String(i)}]`));
      keys.push(']');
      return copy;
    }
    if (ArrayBuffer.isView(part) && !(part instanceof DataView)) {
      keys.push(`${part.constructor.name}(${(part as Uint8Array).join()})`);
      return part;
    }
    const prototype: unknown = Object.getPrototypeOf(part);
    if (prototype !== Object.prototype && prototype !== null) refuse(what, path, part);
    keys.push('{');
    const copy = Object.fromEntries(
      Object.entries(part).map(([name, element]) => {
        keys.push(JSON.stringify(name));
        return [name, visit(element, `${path}.${name}`)];
      }),
    );
    keys.push('}');
    return copy;
  };
  const shape = visit(value, '');
  return { tensors, shape, key: keys.join(' ') };
}

const isTensor = (part: unknown): part is Tensor => part instanceof Tensor;

function refuse(what: string, path: string, part: unknown): never {
  const kind = typeof part === 'object' && part !== null ? part.constructor.name : typeof part;
  throw new CaptureError(
    `${what}${path} must be a tensor, a number, text, or a record or list of these, got ${kind === 'Promise' ? 'a promise: the function must not be async' : kind}`,
  );
}

/** Puts tensors back where {@link takeApart} took them from. */
export function putTogether(shape: unknown, tensors: readonly Tensor[]): unknown {
  if (shape instanceof Place) return tensors[shape.index];
  if (Array.isArray(shape)) return shape.map((part) => putTogether(part, tensors));
  if (typeof shape !== 'object' || shape === null || ArrayBuffer.isView(shape)) return shape;
  return Object.fromEntries(Object.entries(shape).map(([name, part]) => [name, putTogether(part, tensors)]));
}
