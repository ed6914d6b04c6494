import { elementsOf } from './element-types.js';
import { opaqueGlobal } from './opaque-names.js';
import { COST } from './pickle-budget.js';
import { copiedDict } from './pickle-dict.js';
import { describe, itemsOf, type PickleGlobal } from './pickle-values.js';
import { rebuildParameter, rebuildTensorFromType, rebuildTensorV1, rebuildTensorV2, rebuildTensorV3 } from './rebuild-tensor.js';

type Call = NonNullable<PickleGlobal['call']>;

/** A list that is new, as list, set and tuple give. */
const list: Call = ([given], charge) => {
  const items = given === undefined ? [] : itemsOf(given);
  if (items === undefined) throw new Error(`the pickle makes a list of ${describe(given)}`);
  charge(COST.list + COST.item * items.length);
  return [...items];
};

/** Bytes from text, which is how protocol 2 writes them. */
const encode: Call = ([text, encoding], charge) => {
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1'))
    throw new Error('the pickle encodes something other than text as Latin-1');
  charge(COST.bytes + text.length);
  if (/[^\0-\xff]/.test(text)) throw new Error('the pickle encodes text as Latin-1 that has other characters');
  return new Uint8Array(Buffer.from(text, 'latin1'));
};

/** Bytes from bytes, from text as protocol 2 writes a bytearray, or none. */
const bytes: Call = (args, charge) => {
  const [content] = args;
  if (content === undefined) return new Uint8Array();
  if (content instanceof Uint8Array && args.length === 1) return content;
  return encode(args, charge);
};

const complex: Call = (args) => {
  const [real = 0, imaginary = 0] = args;
  if (typeof real !== 'number' || typeof imaginary !== 'number' || args.length > 2)
    throw new Error('the pickle makes a complex number of something other than two numbers');
  return { kind: 'complex', real, imaginary };
};

const LONGEST_DEVICE = 64;

/** `cuda:1` */
const device: Call = (parts) => {
  const [type, index, ...more] = parts;
  if (
    typeof type !== 'string' ||
    type.length > LONGEST_DEVICE ||
    (index !== undefined && index !== null && typeof index !== 'number') ||
    more.length > 0
  )
    throw new Error('the pickle makes a device of something other than its type and index');
  return typeof index === 'number' ? `${type}:${String(index)}` : type;
};

const CALLS: Readonly<Record<string, Call | undefined>> = {
  '__builtin__.bytearray': bytes,
  '__builtin__.bytes': bytes,
  '__builtin__.complex': complex,
  '__builtin__.dict': ([pairs], charge) => copiedDict(pairs, charge),
  '__builtin__.frozenset': list,
  '__builtin__.list': list,
  '__builtin__.set': list,
  '__builtin__.tuple': list,
  '_codecs.encode': encode,
  'collections.Counter': ([counts], charge) => copiedDict(counts, charge),
  'collections.OrderedDict': ([pairs], charge) => copiedDict(pairs, charge),
  // The factory of missing values is only mentioned.
  'collections.defaultdict': ([, pairs], charge) => copiedDict(pairs, charge),
  'torch.Size': list,
  'torch.Tensor': undefined,
  'torch._tensor._rebuild_from_type_v2': rebuildTensorFromType,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
  'torch._utils._rebuild_tensor': rebuildTensorV1,
  'torch._utils._rebuild_tensor_v2': rebuildTensorV2,
  'torch._utils._rebuild_tensor_v3': rebuildTensorV3,
  'torch.device': device,
  'torch.nn.parameter.Buffer': undefined,
  'torch.nn.parameter.Parameter': rebuildParameter,
  'torch.serialization._get_layout': ([layout]) => layout ?? null,
};

/** Plain words of PyTorch for how a tensor is quantised or lies in memory. */
const WORDS =
  /^torch\.(?:per_(?:tensor|channel)_(?:affine|symmetric)|per_channel_affine_float_qparams|strided|sparse_(?:coo|csr|csc|bsr|bsc)|jagged|_mkldnn|contiguous_format|channels_last(?:_3d)?|preserve_format)$/;

/**
 * What a file of tensors may name: the functions that PyTorch rebuilds tensors with, its storages and dtypes, Python's
 * containers, and classes that are only named.
 *
 * @throws naming what may act
 */
export function findGlobal(module: string, name: string): PickleGlobal {
  // Python 3 calls it builtins, and its pickles up to protocol 2 by the old name.
  const home = module === 'builtins' ? '__builtin__' : module;
  const full = `${home}.${name}`;
  const elements = elementsOf(module, name);
  if (elements !== undefined) return { kind: 'global', name: full, elements };
  if (Object.hasOwn(CALLS, full)) return { kind: 'global', name: full, call: CALLS[full] };
  if (WORDS.test(full)) return { kind: 'global', name: full };
  return opaqueGlobal(module, name);
}

/** Whether what a name makes is a tensor, or holds one, in a way that is not read. */
export function makesTensor(name: string): boolean {
  return /^torch\._(?:utils|tensor)\._rebuild|^torch\.storage\.|^torch\.(?:\w+\.)?\w*Tensor$/.test(name);
}
