import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFully } from './byte-transfer.js';
import { arrayNameOf, bytesPerElement, DTYPES, isDtype, type Dtype, type TensorData } from './dtypes.js';
import { fileError } from './file-errors.js';
import { syncFolder } from './file-sync.js';
import { elementCount, formatHeader, nameFault } from './safetensors-header.js';

/** A tensor to be written. */
export interface TensorSource {
  readonly dtype: Dtype;
  /** `[]` for a scalar. */
  readonly shape: readonly number[];
  /**
   * Elements in C order, in the typed array of the dtype; or a function that gives them, called when their turn
   * comes, so that a large model (or one that lives on a GPU) need not be in memory at once.
   */
  readonly data: TensorData | (() => Promise<TensorData> | TensorData);
}

/** Tensors by name, or pairs of name and tensor, in the order they are to have in the file. */
export type TensorSources = Iterable<readonly [name: string, tensor: TensorSource]> | Readonly<Record<string, TensorSource>>;

type Planned = TensorSource & { readonly count: number; readonly bytes: number };

function isIterable(tensors: TensorSources): tensors is Iterable<readonly [string, TensorSource]> {
  return Symbol.iterator in tensors;
}

/** Checks all that can be checked before the first byte is written. */
function plan(tensors: TensorSources): Map<string, Planned> {
  const planned = new Map<string, Planned>();
  for (const [name, tensor] of isIterable(tensors) ? tensors : Object.entries(tensors)) {
    const fault = nameFault(name);
    if (fault !== undefined) throw new Error(fault);
    if (planned.has(name)) throw new Error(`tensor '${name}' is given twice`);
    const { dtype, shape } = tensor;
    if (!isDtype(dtype)) throw new Error(`tensor '${name}': dtype must be one of ${DTYPES.join(', ')}, got ${JSON.stringify(dtype)}`);
    const count = elementCount(shape);
    if (count === undefined) throw new Error(`tensor '${name}': shape must be whole numbers ≥ 0, got [${shape.join(', ')}]`);
    planned.set(name, { ...tensor, count, bytes: count * bytesPerElement(dtype) });
  }
  return planned;
}

function bytesOf(name: string, { dtype, shape, count }: Planned, data: TensorData): Uint8Array {
  if (data[Symbol.toStringTag] !== arrayNameOf(dtype)) {
    throw new Error(`tensor '${name}': dtype ${dtype} needs a ${arrayNameOf(dtype)}, got ${data[Symbol.toStringTag]}`);
  }
  if (data.length !== count) {
    throw new Error(`tensor '${name}': shape [${shape.join(', ')}] needs ${String(count)} elements, got ${String(data.length)}`);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Writes a whole file through a handle and waits until it is on the disk. */
export async function writeThrough(
  handle: FileHandle,
  tensors: TensorSources,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
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
 * @param metadata free text by key, kept in the header.
 * @throws when a tensor's data do not fit its dtype and shape, or the disk does not take them; the message names the
 * file and the fault, what was at `path` is untouched, and nothing is left beside it.
 */
export async function writeSafetensors(
  path: string,
  tensors: TensorSources,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const aside = `${path}.partial`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(aside, 'w');
    await writeThrough(handle, tensors, metadata);
    await handle.close();
    handle = undefined;
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await handle?.close();
    await rm(aside, { force: true });
    throw fileError('writeSafetensors', path, error);
  }
}
