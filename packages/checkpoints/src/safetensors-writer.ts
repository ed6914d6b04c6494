import type { FileHandle } from 'node:fs/promises';
import { writeFully } from './byte-transfer.js';
import { arrayNameOf, bytesPerElement, isWrittenDtype, WRITTEN_DTYPES, type TensorData, type WrittenDtype } from './dtypes.js';
import { replaceFile } from './replace-file.js';
import { float32ToFloat16 } from './small-floats.js';
import { elementCount, formatHeader, nameFault } from './safetensors-header.js';

/** A tensor to be written. */
export interface TensorSource {
  /** Element type in the file. */
  readonly dtype: WrittenDtype;
  /** `[]` for a scalar. */
  readonly shape: readonly number[];
  /**
   * Elements in C order, in the typed array of the dtype (of F16 a Float32Array, each value of which is rounded); or a function that gives them, called when their turn
   * comes, so that a large model (or one that lives on a GPU) need not be in memory at once.
   */
  readonly data: TensorData | (() => Promise<TensorData> | TensorData);
}

/** Tensors by name, or pairs of name and tensor, in the order they are to have in the file. */
export type TensorSources = Iterable<readonly [name: string, tensor: TensorSource]> | Readonly<Record<string, TensorSource>>;

/** A tensor whose dtype and shape have been checked. */
export type PlannedTensor = TensorSource & { readonly name: string; readonly count: number; readonly bytes: number };

function isIterable(tensors: TensorSources): tensors is Iterable<readonly [string, TensorSource]> {
  return Symbol.iterator in tensors;
}

/** More axes than any library has, and few enough for every reader's limit of a header's field. */
const MAX_AXES = 1024;

/** Checks a tensor's dtype and shape, which its data must fit. */
export function planTensor(name: string, tensor: TensorSource): PlannedTensor {
  const { dtype, shape } = tensor;
  if (!isWrittenDtype(dtype))
    throw new Error(`tensor '${name}': dtype must be one of ${WRITTEN_DTYPES.join(', ')}, got ${JSON.stringify(dtype)}`);
  if (shape.length > MAX_AXES)
    throw new Error(`tensor '${name}': shape must have at most ${String(MAX_AXES)} axes, got ${String(shape.length)}`);
  const count = elementCount(shape);
  if (count === undefined) throw new Error(`tensor '${name}': shape must be whole numbers ≥ 0, got [${shape.join(', ')}]`);
  return { ...tensor, name, count, bytes: count * bytesPerElement(dtype) };
}

/** Checks all that can be checked before the first byte is written. */
function plan(tensors: TensorSources): Map<string, PlannedTensor> {
  const planned = new Map<string, PlannedTensor>();
  for (const [name, tensor] of isIterable(tensors) ? tensors : Object.entries(tensors)) {
    const fault = nameFault(name);
    if (fault !== undefined) throw new Error(fault);
    if (planned.has(name)) throw new Error(`tensor '${name}' is given twice`);
    planned.set(name, planTensor(name, tensor));
  }
  return planned;
}

/** Values as half floats, @throws where one is finite and would become infinite. */
function roundedBytes(name: string, values: Float32Array): Uint8Array {
  const halves = float32ToFloat16(values);
  const at = halves.findIndex((half, i) => (half & 0x7fff) === 0x7c00 && Number.isFinite(values[i]));
  if (at < 0) return new Uint8Array(halves.buffer);
  throw new Error(`tensor '${name}': ${String(values[at])} at ${String(at)} is beyond half floats, which end at 65504; write it as F32`);
}

/** A tensor's data as bytes, @throws where they do not fit it. */
export function bytesOf(name: string, { dtype, shape, count }: PlannedTensor, data: TensorData): Uint8Array {
  if (data[Symbol.toStringTag] !== arrayNameOf(dtype)) {
    throw new Error(`tensor '${name}': dtype ${dtype} needs a ${arrayNameOf(dtype)}, got ${data[Symbol.toStringTag]}`);
  }
  if (data.length !== count) {
    throw new Error(`tensor '${name}': shape [${shape.join(', ')}] needs ${String(count)} elements, got ${String(data.length)}`);
  }
  if (dtype === 'F16') return roundedBytes(name, data as Float32Array);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (dtype === 'BOOL') {
    const at = bytes.findIndex((byte) => byte > 1);
    if (at >= 0) throw new Error(`tensor '${name}': BOOL needs bytes that are 0 or 1, got ${String(bytes[at])} at ${String(at)}`);
  }
  return bytes;
}

/** Writes a whole file through a handle and waits until it is on the disk. */
async function writeThrough(handle: FileHandle, tensors: TensorSources, metadata?: Readonly<Record<string, string>>): Promise<void> {
  const planned = plan(tensors);
  await writeFully(handle, formatHeader(planned, metadata));
  for (const [name, tensor] of planned) {
    const data = typeof tensor.data === 'function' ? await tensor.data() : tensor.data;
    await writeFully(handle, bytesOf(name, tensor, data));
  }
  await handle.sync();
}

/**
 * Writes a safetensors file: written beside `path`, synced, then renamed over it, so `path` is at every moment
 * the old file or the whole new one. Needs a little-endian machine, as the format is.
 *
 * @param path the file; `path` with `.partial` added is overwritten and gone afterwards.
 * @param tensors what to write, in the order of the file; data given as a function are asked for when their turn comes.
 * @param metadata free text by key, kept in the header.
 * @throws when a tensor's data do not fit its dtype and shape, or the disk does not take them; the message names the
 * file and the fault, what was at `path` is untouched, and nothing is left beside it.
 */
export async function writeSafetensors(path: string, tensors: TensorSources, metadata?: Readonly<Record<string, string>>): Promise<void> {
  await replaceFile('writeSafetensors', path, (handle) => writeThrough(handle, tensors, metadata));
}
