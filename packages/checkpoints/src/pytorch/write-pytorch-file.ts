import { basename } from 'node:path';
import type { WrittenDtype } from '../dtypes.js';
import { messageOf } from '../file-errors.js';
import { replaceFile } from '../replace-file.js';
import { bytesOf, planTensor, type PlannedTensor, type TensorSource } from '../safetensors-writer.js';
import { readPickle } from './pickle-machine.js';
import { type ComplexValue } from './pickle-values.js';
import { pickleWriter, type PickleWriter, type PythonName } from './pickle-writer.js';
import { findGlobal } from './python-globals.js';
import { findStorage } from './rebuild-tensor.js';
import { MAX_PICKLE_BYTES } from './storage-source.js';
import { convertTree, isOpaqueValue, type PyTorchKey } from './value-tree.js';
import { MAX_ENTRIES } from './zip-directory.js';
import { zipWriter } from './zip-writer.js';

/**
 * What can be written: Python's plain values, bytes, complex numbers, tensors, lists (arrays) and dicts (maps, or records
 * by text).
 */
export type PyTorchSource =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | ComplexValue
  | TensorSource
  | readonly PyTorchSource[]
  | PyTorchSourceDict
  | { readonly [key: string]: PyTorchSource };

/** A dict whose keys may be any plain value; arrays become tuples, opaque values are refused. */
export type PyTorchSourceDict = ReadonlyMap<PyTorchKey, PyTorchSource>;

const STORAGES: Readonly<Record<WrittenDtype, string | undefined>> = {
  BOOL: 'BoolStorage',
  F16: 'HalfStorage',
  F32: 'FloatStorage',
  F64: 'DoubleStorage',
  I8: 'CharStorage',
  I16: 'ShortStorage',
  I32: 'IntStorage',
  I64: 'LongStorage',
  U8: 'ByteStorage',
  // Early PyTorch has no such tensors, and later ones write them in another way.
  U16: undefined,
  U32: undefined,
  U64: undefined,
};

const REBUILD: PythonName = { module: 'torch._utils', name: '_rebuild_tensor_v2' };
const ORDERED_DICT: PythonName = { module: 'collections', name: 'OrderedDict' };
const MAX_DEPTH = 100;

const ENCODE: PythonName = { module: '_codecs', name: 'encode' };
const COMPLEX: PythonName = { module: '__builtin__', name: 'complex' };

const looksLikeTensor = (value: object): boolean =>
  'dtype' in value && typeof value.dtype === 'string' && 'shape' in value && Array.isArray(value.shape);
const isPickledTensor = (value: object): value is TensorSource => looksLikeTensor(value) && 'data' in value && value.data !== undefined;
const isComplex = (value: object): value is ComplexValue =>
  'kind' in value && value.kind === 'complex' && 'real' in value && 'imaginary' in value;
const isMap = (value: object): value is PyTorchSourceDict => value instanceof Map;
const isKeys = (key: PyTorchKey): key is readonly PyTorchKey[] => Array.isArray(key);
const isList = (value: object): value is readonly PyTorchSource[] => Array.isArray(value);

/** Whether an object has no class of its own: a literal, or one without prototype. */
function isRecord(value: object): value is Readonly<Record<string, PyTorchSource>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || Object.getPrototypeOf(prototype) === null) && Object.getOwnPropertySymbols(value).length === 0;
}

/** What an object is, for messages: its class. */
function className(value: object): string {
  const { constructor } = value as { readonly constructor?: unknown };
  return typeof constructor === 'function' ? constructor.name : 'an object';
}

/** Strides of elements in C order. */
function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (const size of [...shape].reverse()) {
    strides.unshift(step);
    step *= Math.max(size, 1);
  }
  return strides;
}

/** Writes values, and collects the tensors among them, whose number in the list is their storage's key. */
function writeValue(pickle: PickleWriter, root: PyTorchSource): PlannedTensor[] {
  const tensors: PlannedTensor[] = [];
  const fault = (path: readonly string[], what: string): Error =>
    new Error(
      `'${path.join('.')}': ${what} cannot be written; plain values, bytes (Uint8Array), tensors { dtype, shape, data }, arrays, maps and records can`,
    );
  const writeBytes = (value: Uint8Array): void => {
    pickle.call(ENCODE, [
      () => {
        pickle.text(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'));
      },
      () => {
        pickle.text('latin1');
      },
    ]);
  };
  const writeComplex = ({ real, imaginary }: ComplexValue): void => {
    pickle.call(COMPLEX, [
      () => {
        pickle.float(real);
      },
      () => {
        pickle.float(imaginary);
      },
    ]);
  };
  const writeKey = (key: PyTorchKey, path: readonly string[]): void => {
    if (isKeys(key))
      pickle.tuple(
        Array.from(key, (item) => () => {
          writeKey(item, path);
        }),
      );
    else if (typeof key === 'object' && key !== null && !(key instanceof Uint8Array) && !isComplex(key))
      throw fault(path, `a key of ${isOpaqueValue(key) ? key.name : className(key)}`);
    else write(key, path);
  };
  const write = (value: PyTorchSource, path: readonly string[]): void => {
    if (path.length > MAX_DEPTH) throw new Error(`the values are nested more than ${String(MAX_DEPTH)} deep, or contain themselves`);
    if (value === null) pickle.none();
    else if (typeof value === 'boolean') pickle.boolean(value);
    else if (typeof value === 'number' || typeof value === 'bigint') pickle.number(value);
    else if (typeof value === 'string') pickle.text(value);
    else if (typeof value !== 'object') throw fault(path, typeof value);
    else if (value instanceof Uint8Array) writeBytes(value);
    else if (isList(value))
      pickle.list(
        Array.from(value, (item, i) => () => {
          write(item, [...path, String(i)]);
        }),
      );
    else if (isMap(value)) writeDict(value, path);
    else if (!isRecord(value)) throw fault(path, className(value));
    else if (isPickledTensor(value)) writeTensor(value, path.join('.'));
    else if (looksLikeTensor(value)) throw fault(path, 'a tensor without data');
    else if (isOpaqueValue(value)) throw fault(path, `${value.name}, which is only named,`);
    else if (isComplex(value)) writeComplex(value);
    else writeDict(Object.entries(value), path);
  };
  const writeDict = (items: Iterable<readonly [PyTorchKey, PyTorchSource]>, path: readonly string[]): void => {
    pickle.dict(
      Array.from(items, ([key, item]) => [
        () => {
          writeKey(key, path);
        },
        () => {
          write(item, [...path, typeof key === 'object' && key !== null ? '(…)' : String(key)]);
        },
      ]),
    );
  };
  const writeTensor = (tensor: TensorSource, name: string): void => {
    const planned = planTensor(name, tensor);
    const storage = STORAGES[planned.dtype];
    if (storage === undefined) throw new Error(`tensor '${name}': torch.save has no ${planned.dtype}; write it as I64`);
    const key = String(tensors.length);
    tensors.push(planned);
    const numbers = (values: readonly number[]) => () => {
      pickle.tuple(
        values.map((size) => () => {
          pickle.number(size);
        }),
      );
    };
    const id = [
      () => {
        pickle.text('storage');
      },
      () => {
        pickle.global({ module: 'torch', name: storage });
      },
      () => {
        pickle.text(key);
      },
      () => {
        pickle.text('cpu');
      },
      () => {
        pickle.number(planned.count);
      },
    ];
    pickle.call(REBUILD, [
      () => {
        pickle.persistent(() => {
          pickle.tuple(id);
        });
      },
      () => {
        pickle.number(0);
      },
      numbers(planned.shape),
      numbers(stridesOf(planned.shape)),
      () => {
        pickle.boolean(false);
      },
      () => {
        pickle.call(ORDERED_DICT, []);
      },
    ]);
  };
  write(root, []);
  return tensors;
}

/** Fails unless `readPyTorchFile` takes the pickle, within its limits. */
function requireReadable(pickle: Uint8Array, storages: number): void {
  try {
    if (pickle.byteLength > MAX_PICKLE_BYTES)
      throw new Error(`the pickle would have ${String(pickle.byteLength)} bytes, more than ${String(MAX_PICKLE_BYTES)}`);
    if (storages + 3 > MAX_ENTRIES) throw new Error(`there would be ${String(storages)} tensors, more than ${String(MAX_ENTRIES - 3)}`);
    convertTree(readPickle(pickle, 0, { findGlobal, findPersistent: findStorage }).value, { tensor: () => null });
  } catch (error) {
    throw new Error(`what would be written could not be read again: ${messageOf(error)}; write several files`, { cause: error });
  }
}

/**
 * Writes what `torch.load(path, weights_only=True)` reads: the zip archive of PyTorch 1.6 and later, with each tensor
 * in a storage of its own. Written beside `path`, synced, then renamed over it.
 *
 * A whole number becomes an int and any other a float, so that `1` for a float arrives as an int. A Uint8Array becomes bytes;
 * objects of any other class are refused.
 *
 * @param path the file; `path` with `.partial` added is overwritten and gone afterwards
 * @param value for instance `{ generator: { 'to_rgb.2.bias': { dtype: 'F32', shape: [3], data } } }`, as the reference
 * implementation's weight checkpoints are; the data of a tensor may be a function, called when its turn comes
 * @throws when a value cannot be written, a tensor's data do not fit its dtype and shape, or the disk does not take
 * them; the message names the file and the fault, what was at `path` is untouched, and nothing is left beside it
 */
export async function writePyTorchFile(path: string, value: PyTorchSource): Promise<void> {
  await replaceFile('writePyTorchFile', path, async (handle) => {
    const pickle = pickleWriter();
    const tensors = writeValue(pickle, value);
    const zip = zipWriter(handle);
    // Named as torch.save does, by the file; any plain name will do.
    const root = basename(path)
      .replace(/\.[^.]*$/, '')
      .replace(/[^\w.-]/g, '_')
      .replace(/^\.*$/, 'archive');
    const content = pickle.finish();
    requireReadable(content, tensors.length);
    await zip.add(`${root}/data.pkl`, content);
    await zip.add(`${root}/byteorder`, new TextEncoder().encode('little'));
    for (const [key, tensor] of tensors.entries()) {
      const data = typeof tensor.data === 'function' ? await tensor.data() : tensor.data;
      await zip.add(`${root}/data/${String(key)}`, bytesOf(tensor.name, tensor, data));
    }
    await zip.add(`${root}/version`, new TextEncoder().encode('3\n'));
    await zip.end();
    await handle.sync();
  });
}
