import { basename } from 'node:path';
import type { Dtype } from '../dtypes.js';
import { replaceFile } from '../replace-file.js';
import { bytesOf, planTensor, type PlannedTensor, type TensorSource } from '../safetensors-writer.js';
import { pickleWriter, type PickleWriter, type PythonName } from './pickle-writer.js';
import { zipWriter } from './zip-writer.js';

/** What can be written: Python's plain values, tensors, lists (arrays) and dicts (maps, or records by text). */
export type PyTorchSource =
  | null
  | boolean
  | number
  | bigint
  | string
  | TensorSource
  | readonly PyTorchSource[]
  | PyTorchSourceDict
  | { readonly [key: string]: PyTorchSource };

/** A dict whose keys may be numbers. */
export type PyTorchSourceDict = ReadonlyMap<bigint | number | string, PyTorchSource>;

const STORAGES: Readonly<Record<Dtype, string | undefined>> = {
  BOOL: 'BoolStorage',
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

const isTensor = (value: object): value is TensorSource => 'dtype' in value && typeof value.dtype === 'string' && 'shape' in value && Array.isArray(value.shape) && 'data' in value;
const isMap = (value: object): value is PyTorchSourceDict => value instanceof Map;
const isList = (value: object): value is readonly PyTorchSource[] => Array.isArray(value);

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
  const write = (value: PyTorchSource, path: readonly string[]): void => {
    if (path.length > MAX_DEPTH) throw new Error(`the values are nested more than ${String(MAX_DEPTH)} deep, or contain themselves`);
    if (value === null) pickle.none();
    else if (typeof value === 'boolean') pickle.boolean(value);
    else if (typeof value === 'number' || typeof value === 'bigint') pickle.number(value);
    else if (typeof value === 'string') pickle.text(value);
    else if (typeof value !== 'object') throw new Error(`'${path.join('.')}': ${typeof value} cannot be written; values, tensors, arrays, maps and records can`);
    else if (isTensor(value)) writeTensor(value, path.join('.'));
    else if (isList(value)) pickle.list(value.map((item, i) => () => { write(item, [...path, String(i)]); }));
    else {
      const items = isMap(value) ? [...value] : Object.entries(value);
      pickle.dict(items.map(([key, item]) => [() => { write(key, path); }, () => { write(item, [...path, String(key)]); }]));
    }
  };
  const writeTensor = (tensor: TensorSource, name: string): void => {
    const planned = planTensor(name, tensor);
    const storage = STORAGES[planned.dtype];
    if (storage === undefined) throw new Error(`tensor '${name}': torch.save has no ${planned.dtype}; write it as I64`);
    const key = String(tensors.length);
    tensors.push(planned);
    const numbers = (values: readonly number[]) => () => { pickle.tuple(values.map((size) => () => { pickle.number(size); })); };
    const id = [() => { pickle.text('storage'); }, () => { pickle.global({ module: 'torch', name: storage }); }, () => { pickle.text(key); }, () => { pickle.text('cpu'); }, () => { pickle.number(planned.count); }];
    pickle.call(REBUILD, [
      () => { pickle.persistent(() => { pickle.tuple(id); }); },
      () => { pickle.number(0); },
      numbers(planned.shape),
      numbers(stridesOf(planned.shape)),
      () => { pickle.boolean(false); },
      () => { pickle.call(ORDERED_DICT, []); },
    ]);
  };
  write(root, []);
  return tensors;
}

/**
 * Writes what `torch.load(path, weights_only=True)` reads: the zip archive of PyTorch 1.6 and later, with each tensor
 * in a storage of its own. Written beside `path`, synced, then renamed over it.
 *
 * A whole number becomes an int and any other a float, so that `1` for a float arrives as an int.
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
    const root = basename(path).replace(/\.[^.]*$/, '').replace(/[^\w.-]/g, '_').replace(/^\.*$/, 'archive');
    await zip.add(`${root}/data.pkl`, pickle.finish());
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
