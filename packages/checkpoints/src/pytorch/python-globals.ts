import type { StoredDtype } from '../dtypes.js';
import { describe, isGlobal, isTensor, itemsOf, type PickleDict, type PickleGlobal, type PickleKey, type PickleValue } from './pickle-values.js';
import { rebuildTensor } from './rebuild-tensor.js';

type Call = NonNullable<PickleGlobal['call']>;

const STORAGES: Readonly<Record<string, StoredDtype>> = {
  BFloat16Storage: 'BF16',
  BoolStorage: 'BOOL',
  ByteStorage: 'U8',
  CharStorage: 'I8',
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  IntStorage: 'I32',
  LongStorage: 'I64',
  ShortStorage: 'I16',
};

const DTYPES: Readonly<Record<string, StoredDtype>> = {
  bfloat16: 'BF16',
  bool: 'BOOL',
  double: 'F64',
  float: 'F32',
  float16: 'F16',
  float32: 'F32',
  float64: 'F64',
  half: 'F16',
  int: 'I32',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  int8: 'I8',
  long: 'I64',
  short: 'I16',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  uint8: 'U8',
};

/** An empty dict, or one from a list of pairs, as OrderedDict and dict are pickled. */
function dict(pairs: PickleValue | undefined): PickleDict {
  const result: PickleDict = new Map<PickleKey, PickleValue>();
  for (const pair of itemsOf(pairs) ?? []) {
    const [key, value] = itemsOf(pair) ?? [];
    if (typeof key !== 'string' && typeof key !== 'number') throw new Error(`the pickle makes a dict with ${describe(key)} for a key`);
    result.set(key, value ?? null);
  }
  return result;
}

/** A list that is new, as list, set and tuple give. */
const list: Call = ([items]) => [...(itemsOf(items) ?? [])];

/** How protocol 2 writes bytes: as text that is to be encoded. */
const encode: Call = ([text, encoding]) => {
  if (typeof text !== 'string' || encoding !== 'latin1') throw new Error('the pickle encodes something other than text as Latin-1');
  return new Uint8Array(Buffer.from(text, 'latin1'));
};

/** The tensor of a Parameter or Buffer. */
const parameter: Call = ([data]) => {
  if (!isTensor(data)) throw new Error(`the pickle makes a parameter of ${describe(data)}`);
  return data;
};

/** What a tensor's class with attributes is rebuilt by: the plain tensor, the attributes left out. */
const rebuildFromType: Call = ([rebuild, , args]) => {
  const items = itemsOf(args);
  if (!isGlobal(rebuild) || rebuild.call === undefined || items === undefined) throw new Error(`the pickle rebuilds a tensor with ${describe(rebuild)}`);
  return rebuild.call(items);
};

const CALLS: Readonly<Record<string, Call | undefined>> = {
  '__builtin__.bytearray': ([bytes]) => (bytes instanceof Uint8Array ? bytes : new Uint8Array()),
  '__builtin__.dict': ([pairs]) => dict(pairs),
  '__builtin__.frozenset': list,
  '__builtin__.list': list,
  '__builtin__.set': list,
  '__builtin__.tuple': list,
  '_codecs.encode': encode,
  'collections.OrderedDict': ([pairs]) => dict(pairs),
  // The factory of missing values is only mentioned.
  'collections.defaultdict': ([, pairs]) => dict(pairs),
  'torch.Size': list,
  'torch.Tensor': undefined,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch._utils._rebuild_parameter': parameter,
  'torch._utils._rebuild_parameter_with_state': parameter,
  'torch._utils._rebuild_tensor': (args) => rebuildTensor(args),
  'torch._utils._rebuild_tensor_v2': (args) => rebuildTensor(args),
  'torch._utils._rebuild_tensor_v3': (args) => rebuildTensor(args, args[6]),
  'torch.device': (parts) => parts.map(String).join(':'),
  'torch.nn.parameter.Buffer': undefined,
  'torch.nn.parameter.Parameter': undefined,
  'torch.serialization._get_layout': ([layout]) => layout ?? null,
};

/** Element type of a storage class or a dtype, by the full name of it. */
function dtypeOf(module: string, name: string): StoredDtype | undefined {
  if (module === 'torch.storage' && name === 'UntypedStorage') return 'U8';
  if (module !== 'torch' && module !== 'torch.cuda') return undefined;
  for (const table of [STORAGES, DTYPES]) if (Object.hasOwn(table, name)) return table[name];
  return undefined;
}

/**
 * What a file of tensors may name: the functions that PyTorch rebuilds tensors with, its storages and dtypes, and
 * Python's containers.
 *
 * @throws naming anything else
 */
export function findGlobal(module: string, name: string): PickleGlobal {
  // Python 3 calls it builtins, and its pickles up to protocol 2 by the old name.
  const full = `${module === 'builtins' ? '__builtin__' : module}.${name}`;
  const dtype = dtypeOf(module, name);
  if (dtype !== undefined) return { kind: 'global', name: full, dtype };
  if (Object.hasOwn(CALLS, full)) return { kind: 'global', name: full, call: CALLS[full] };
  throw new Error(
    `it names ${printable(module)}.${printable(name)}, which tensors do not need and this reader does not know; nothing was run. ` +
      'Get the file from a source you trust; if it is your own, save only its tensors in Python: torch.save(model.state_dict(), path)',
  );
}

/** Text from a stranger, short and on one line. */
function printable(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text).slice(1, -1);
}
