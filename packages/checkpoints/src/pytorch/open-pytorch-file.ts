import type { FileHandle } from 'node:fs/promises';
import { readExactly } from '../byte-transfer.js';
import type { StoredDtype } from '../dtypes.js';
import { fileError } from '../file-errors.js';
import { openRegularFile } from '../open-regular-file.js';
import type { StoredTensor } from '../safetensors-content.js';
import { openLegacyLayout } from './legacy-layout.js';
import type { ComplexValue, TensorValue } from './pickle-values.js';
import { bytesInMemory, readView } from './read-view.js';
import type { PyTorchParts } from './storage-source.js';
import { convertTree, isOpaqueValue, tensorsByName, type NameOptions, type PyTorchValue } from './value-tree.js';
import { openZipLayout } from './zip-layout.js';

/** How much a file may ask for, and in which types its tensors come. */
export interface PyTorchOptions {
  /**
   * Bytes of memory that tensors may take, all that one call reads together. By default eight times the file's size,
   * and at least 256 MiB: a small file can hold a view of one number that is called a huge tensor.
   */
  readonly maxBytes?: number | undefined;
  /**
   * What is done with the CRC-32 sums of a zip archive: `'verify'` (the default) refuses bytes that differ from theirs,
   * `'ignore'` reads files that were changed in place, through a shared memory map, which leaves the sums as they were.
   * A sum of 0 was not computed by the writer and is never compared.
   */
  readonly sums?: 'ignore' | 'verify' | undefined;
  /** Gives F64 tensors as F32, each value rounded to the nearest. Default false. */
  readonly narrowDoubles?: boolean | undefined;
}

/** A tensor that has not been read yet. */
export interface PyTorchTensor {
  /** As in the file; floats of 16 and 8 bits are read as F32. */
  readonly dtype: StoredDtype;
  /** In PyTorch's order of axes; `[]` for a scalar. */
  readonly shape: number[];
}

/** An open file: what it holds is known and checked, its tensors are read one by one. */
export interface PyTorchFile {
  /** Path that it was opened by. */
  readonly path: string;
  /** What was saved: dictionaries, lists and plain values as they are nested, with tensors that are still to be read. */
  readonly value: PyTorchValue<PyTorchTensor>;
  /**
   * One tensor of `value`, in memory of its own and in C order, whatever its strides were.
   *
   * @param tensor one found in `value`; it holds the place of the values, not the values
   * @throws when the tensor is not this file's, is damaged or needs too much memory
   */
  read(tensor: PyTorchTensor): Promise<StoredTensor>;
  /** Releases the file; `read` fails afterwards. */
  close(): Promise<void>;
}

const LEAST_LIMIT = 256 * 1024 * 1024;

/** What a file is, by its first bytes. */
async function readParts(handle: FileHandle, fileBytes: number, limit: number, verify: boolean): Promise<PyTorchParts> {
  if (fileBytes === 0) throw new Error('the file is empty; get it again');
  const start = Buffer.from(await readExactly(handle, 0, Math.min(fileBytes, 512)));
  if (start.toString('latin1', 0, 4) === 'PK\x03\x04') return openZipLayout(handle, fileBytes, limit, verify);
  if (start[0] === 0x80) return openLegacyLayout(handle, fileBytes);
  if (start.toString('latin1', 257, 262) === 'ustar')
    throw new Error('the file is a tar archive of a PyTorch before 0.2; load it in Python and save it again');
  throw new Error('this is no file of torch.save: it begins neither as a zip archive nor as a pickle');
}

/** Fails unless the file has all of the storage that a tensor is a view of. */
function requireStorage(parts: PyTorchParts, { storage }: TensorValue): void {
  const bytes = parts.storageBytes(storage.key);
  const needed = storage.storedCount * storage.elements.width;
  if (bytes === undefined) throw new Error(`there are no bytes for storage ${JSON.stringify(storage.key)}; the file is damaged`);
  if (bytes !== needed)
    throw new Error(
      `storage ${JSON.stringify(storage.key)} has ${String(bytes)} bytes, the pickle says ${String(needed)}; the file is damaged`,
    );
}

/** Reads views, keeping the storage read last, as neighbours often share one. */
function viewReader(parts: PyTorchParts): (view: TensorValue) => Promise<StoredTensor> {
  let last: { key: string; bytes: Promise<ArrayBuffer> } | undefined;
  return async (view) => {
    const { key } = view.storage;
    if (last?.key !== key) last = { key, bytes: parts.readStorage(key) };
    return readView(view, await last.bytes);
  };
}

function requireMemory(bytes: number, limit: number): void {
  if (bytes > limit)
    throw new Error(
      `the tensors would take ${String(bytes)} bytes of memory, more than ${String(limit)}; raise maxBytes if you trust the file`,
    );
}

interface Opened extends PyTorchFile {
  /** All tensors of `value`, each once for every place it is in. */
  readonly views: ReadonlyMap<PyTorchTensor, TensorValue>;
  readonly limit: number;
  /** A tensor whose description is at fault, and why; undefined where there is none. */
  readonly fault: string | undefined;
}

function narrowed(tensor: StoredTensor): StoredTensor {
  return tensor.dtype === 'F64' ? { dtype: 'F32', shape: tensor.shape, data: Float32Array.from(tensor.data) } : tensor;
}

async function openFile(
  caller: string,
  path: string,
  { maxBytes, narrowDoubles = false, sums = 'verify' }: PyTorchOptions,
): Promise<Opened> {
  if (maxBytes !== undefined && !(maxBytes >= 0)) throw new Error(`${caller}: maxBytes must be a number ≥ 0, got ${String(maxBytes)}`);
  let handle: FileHandle | undefined;
  try {
    const opened = await openRegularFile(path);
    ({ handle } = opened);
    const limit = maxBytes ?? Math.max(LEAST_LIMIT, 8 * opened.bytes);
    const parts = await readParts(handle, opened.bytes, limit, sums !== 'ignore');
    const views = new Map<PyTorchTensor, TensorValue>();
    let fault: string | undefined;
    const value = convertTree<PyTorchTensor>(parts.value, {
      tensor(view) {
        requireStorage(parts, view);
        const tensor: PyTorchTensor = { dtype: view.dtype, shape: [...view.shape] };
        views.set(tensor, view);
        return tensor;
      },
      fault(where, reason) {
        fault ??= `tensor ${JSON.stringify(where)}: ${reason}; the other values can be read with openPyTorchFile`;
      },
    });
    const readOne = viewReader(parts);
    const file = handle;
    return {
      path,
      value,
      views,
      limit,
      fault,
      async read(wanted) {
        try {
          const view = views.get(wanted);
          if (view === undefined) throw new Error('the tensor is not one of this file');
          requireMemory(bytesInMemory(view.dtype, view.shape), limit);
          const tensor = await readOne(view);
          return narrowDoubles ? narrowed(tensor) : tensor;
        } catch (error) {
          throw fileError(caller, path, error);
        }
      },
      close: () => file.close(),
    };
  } catch (error) {
    await handle?.close();
    throw fileError(caller, path, error);
  }
}

/**
 * Opens a file of `torch.save`, of any PyTorch since 0.2, and checks what it says about itself. The pickle in it is
 * read as data: only what describes tensors, containers and plain values is understood, and nothing is ever run.
 * Tensors are then read when asked for, one at a time. Values of classes that are not known, and tensors of kinds that
 * are not read (complex, quantised, sparse), become opaque values with their name.
 *
 * The caller closes the file.
 *
 * @param path the file, a `.pt`, `.pth` or `.ckpt` as a rule; its name does not matter.
 * @throws when the file cannot be opened, is not whole or names anything else; the message names the file, the fault
 * and the remedy
 */
export async function openPyTorchFile(path: string, options: PyTorchOptions = {}): Promise<PyTorchFile> {
  const file = await openFile('openPyTorchFile', path, options);
  return { path, value: file.value, read: (tensor) => file.read(tensor), close: () => file.close() };
}

/** All of some tensors, each storage read once. */
async function readAll(file: Opened, wanted: Iterable<PyTorchTensor>): Promise<Map<PyTorchTensor, StoredTensor>> {
  const byStorage = new Map<string, PyTorchTensor[]>();
  let bytes = 0;
  let stored = 0;
  for (const tensor of wanted) {
    const { key = '', storedCount = 0, elements } = file.views.get(tensor)?.storage ?? {};
    const others = byStorage.get(key);
    if (others === undefined) {
      byStorage.set(key, [tensor]);
      stored += storedCount * (elements?.width ?? 0);
    } else others.push(tensor);
    bytes += bytesInMemory(tensor.dtype, tensor.shape);
  }
  requireMemory(bytes, file.limit);
  // A storage that is compressed can be much larger than the file, and a view of it small.
  requireMemory(stored, file.limit);
  const tensors = new Map<PyTorchTensor, StoredTensor>();
  for (const sharers of byStorage.values()) for (const tensor of sharers) tensors.set(tensor, await file.read(tensor));
  return tensors;
}

/** The same values with each tensor replaced by what was read of it. */
function withTensors(value: PyTorchValue<PyTorchTensor>, tensors: ReadonlyMap<PyTorchTensor, StoredTensor>): PyTorchValue<StoredTensor> {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array || isOpaqueValue(value)) return value;
  if (value instanceof Map)
    return new Map(
      Array.from(value as ReadonlyMap<string, PyTorchValue<PyTorchTensor>>, ([key, item]) => [key, withTensors(item, tensors)] as const),
    );
  if (Array.isArray(value)) return (value as readonly PyTorchValue<PyTorchTensor>[]).map((item) => withTensors(item, tensors));
  return tensors.get(value as PyTorchTensor) ?? (value as ComplexValue);
}

/**
 * Reads a whole file of `torch.save`: every value, with tensors in memory; what `openPyTorchFile` gives as opaque values
 * stays so.
 *
 * @param path the file; closed again at the end, also after a failure.
 * @throws as `openPyTorchFile` does, and when the tensors need more memory than `maxBytes`
 */
export async function readPyTorchFile(path: string, options: PyTorchOptions = {}): Promise<PyTorchValue<StoredTensor>> {
  const file = await openFile('readPyTorchFile', path, options);
  try {
    if (file.fault !== undefined) throw new Error(file.fault);
    return withTensors(file.value, await readAll(file, file.views.keys()));
  } catch (error) {
    throw named('readPyTorchFile', path, error);
  } finally {
    await file.close();
  }
}

/**
 * Reads the tensors of a file of `torch.save` by name, the keys on the way to each joined with dots. What is no
 * tensor is left out; a tensor that cannot be read is an error that names it, or told to `onUnread`.
 *
 * @param path the file; closed again at the end, also after a failure.
 * @param options how values are named, and limits on what is read
 * @throws as `readPyTorchFile` does, and when two tensors would have one name
 */
export async function readPyTorchTensors(path: string, options: NameOptions & PyTorchOptions = {}): Promise<Record<string, StoredTensor>> {
  const file = await openFile('readPyTorchTensors', path, options);
  try {
    const names = tensorsByName(file.value, options);
    const tensors = await readAll(file, names.values());
    return Object.fromEntries(Array.from(names, ([name, tensor]) => [name, tensors.get(tensor)] as [string, StoredTensor]));
  } catch (error) {
    throw named('readPyTorchTensors', path, error);
  } finally {
    await file.close();
  }
}

/** An error that names the file, once. */
function named(caller: string, path: string, error: unknown): Error {
  return error instanceof Error && error.message.startsWith(`${caller}: `) ? error : fileError(caller, path, error);
}
