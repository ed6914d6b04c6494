import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { valuesOf } from '../testing/arbitraries.js';
import { useFolder } from '../testing/folders.js';
import { call, dict, FALSE, int, list, name, NONE, pickle, put, get, storage, tensor, text, tuple } from '../testing/raw-pickle.js';
import { zipFile } from '../testing/raw-zip.js';
import { openPyTorchFile, readPyTorchFile, readPyTorchTensors } from './open-pytorch-file.js';
import { tensorsByName, type OpaqueValue } from './value-tree.js';

const path = useFolder();
const W = tensor(storage('FloatStorage', '0', 2), 0, [2], [1]);
const ORDERED = call(name('collections', 'OrderedDict'));
const BUILD = [0x62];
const python = (member: string): readonly number[] => name('__builtin__', member);

/** A file with `v`, whatever it is, beside the tensor `w`. */
async function beside(v: readonly number[]): Promise<string> {
  await writeFile(
    path('beside.ckpt'),
    zipFile(pickle(dict(text('v'), v, text('w'), W)), { 0: new Uint8Array(Float32Array.of(1, 2).buffer), 1: new Uint8Array(16) }),
  );
  return path('beside.ckpt');
}

async function valueOf(v: readonly number[]): Promise<unknown> {
  return ((await readPyTorchFile(await beside(v))) as ReadonlyMap<string, unknown>).get('v');
}

describe('plain values of Python', () => {
  test.each<readonly [string, readonly number[], unknown]>([
    [
      'a Counter',
      call(name('collections', 'Counter'), dict(int(10), int(1), int(20), int(1))),
      new Map([
        [10, 1],
        [20, 1],
      ]),
    ],
    ['an ordered dict of pairs', call(name('collections', 'OrderedDict'), list(list(text('a'), int(1)))), new Map([['a', 1]])],
    ['a default dict of ints', call(name('collections', 'defaultdict'), python('int')), new Map()],
    ['a complex number', call(python('complex'), [0x47, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0], int(2)), { kind: 'complex', real: 1, imaginary: 2 }],
    ['no bytes, as protocol 2 writes them', call(python('bytes')), new Uint8Array()],
    ['a bytearray, as protocol 2 writes it', call(python('bytearray'), text('aé'), text('latin-1')), Uint8Array.of(97, 0xe9)],
    [
      'dtypes that no tensor here has',
      list(name('torch', 'complex64'), name('torch', 'float8_e4m3fn'), name('torch', 'quint8')),
      ['torch.complex64', 'torch.float8_e4m3fn', 'torch.quint8'],
    ],
    ['how tensors are quantised', name('torch', 'per_tensor_affine'), 'torch.per_tensor_affine'],
    ['a key that is None', dict(NONE, int(1)), new Map([[null, 1]])],
    ['a key that is a tuple', dict(tuple(int(1), tuple(text('x'))), int(1)), new Map([[[1, ['x']], 1]])],
    ['a key that is bytes', dict(call(name('_codecs', 'encode'), text('k'), text('latin1')), int(1)), new Map([[Uint8Array.of(107), 1]])],
    ['a key that is a dtype', dict(name('torch', 'float32'), int(1)), new Map([['torch.float32', 1]])],
    [
      'keys that are equal in Python',
      dict(tuple(int(1)), int(1), tuple(int(1)), int(2), int(1), int(3), [0x88], int(4)),
      new Map<unknown, number>([
        [[1], 2],
        [1, 4],
      ]),
    ],
  ])('%s', async (_, bytes, value) => {
    expect(await valueOf(bytes)).toEqual(value);
  });
});

describe('values of unknown classes are named, and nothing of them is made', () => {
  test.each([
    ['argparse.Namespace', call(name('argparse', 'Namespace')).concat(dict(text('lr'), int(1)), BUILD)],
    [
      'numpy.core.multiarray.scalar',
      call(name('numpy.core.multiarray', 'scalar'), call(name('numpy', 'dtype'), text('f8'), FALSE, [0x88]), text('x')),
    ],
    [
      'numpy.core.multiarray._reconstruct',
      call(name('numpy.core.multiarray', '_reconstruct'), name('numpy', 'ndarray'), tuple(int(0)), text('b')).concat(
        tuple(int(1), tuple(int(2))),
        BUILD,
      ),
    ],
    ['collections.deque', call(name('collections', 'deque'), tuple(), int(5)).concat(int(1), [0x61])],
    ['pathlib.PosixPath', call(name('pathlib', 'PosixPath'), text('a'))],
    ['datetime.datetime', call(name('datetime', 'datetime'), text('x'))],
    ['__main__.Colour', call(name('__main__', 'Colour'), int(1))],
    ['builtins.slice', call(name('builtins', 'slice'), int(1), int(2), NONE)],
    ['__builtin__.range', call(python('range'), int(1))],
    [
      'omegaconf.dictconfig.DictConfig',
      call(name('omegaconf.dictconfig', 'DictConfig')).concat(put(1), dict(text('_parent'), get(1)), BUILD),
    ],
    ['constructor.constructor', call(name('constructor', 'constructor'))],
  ])('%s', async (of, bytes) => {
    expect(await valueOf(bytes)).toEqual({ kind: 'opaque', name: of });
    expect(Object.keys(await readPyTorchTensors(path('beside.ckpt')))).toEqual(['w']);
  });

  test.each([
    ['posix', 'system'],
    ['nt', 'system'],
    ['builtins', 'eval'],
    ['__builtin__', 'getattr'],
    ['subprocess', 'Popen'],
    ['importlib', 'import_module'],
    ['runpy', '_run_code'],
    ['torch.hub', 'load'],
    ['torch.serialization', 'load'],
    ['numpy.testing._private.utils', 'runstring'],
    ['code', 'InteractiveInterpreter'],
    ['operator', 'attrgetter'],
    ['functools', 'reduce'],
    ['a\n', 'b'],
  ])('but %s.%s is refused by name', async (module, member) => {
    const named = `it names ${JSON.stringify(`${module}.${member}`).slice(1, -1)}, which`;
    const file = await beside(call([...text(module), ...text(member), 0x93], text('x')));
    await expect(openPyTorchFile(file)).rejects.toThrow(named);
  });
});

const rebuilt = (version: string, ...more: readonly (readonly number[])[]): readonly number[] =>
  call(name('torch._utils', `_rebuild_tensor${version}`), storage('FloatStorage', '0', 2), int(0), tuple(int(2)), tuple(int(1)), ...more);
const FROM_TYPE = name('torch._tensor', '_rebuild_from_type_v2');
const V2 = name('torch._utils', '_rebuild_tensor_v2');
const V2_ARGUMENTS = tuple(storage('FloatStorage', '0', 2), int(0), tuple(int(2)), tuple(int(1)), FALSE, ORDERED);

describe('tensors that are not read are named, and leave the others', () => {
  test.each<readonly [string, readonly number[], RegExp]>([
    ['complex numbers', tensor(storage('ComplexFloatStorage', '1', 2), 0, [2], [1]), /torch\.complex64, .*complex numbers/],
    ['quantised elements', tensor(storage('QInt8Storage', '1', 2), 0, [2], [1]), /torch\.qint8, .*quantised elements .*dequantize/],
    [
      'a quantised tensor',
      call(name('torch._utils', '_rebuild_qtensor'), storage('QUInt8Storage', '1', 16), int(0)),
      /_rebuild_qtensor, .*tensors of this kind are not read/,
    ],
    [
      'a sparse tensor',
      call(name('torch._utils', '_rebuild_sparse_tensor'), name('torch', 'sparse_coo'), tuple(W, W)),
      /_rebuild_sparse_tensor/,
    ],
    ['a class that wraps tensors', call(name('wrappers', 'Wrapper'), dict(text('deep'), list(W))), /wrappers\.Wrapper, .*it holds tensors/],
    [
      'a tensor of an unknown class',
      call(FROM_TYPE, V2, name('wrappers', 'Wrapper'), V2_ARGUMENTS, dict()),
      /wrappers\.Wrapper, .*this class of tensors/,
    ],
    [
      'a parameter of complex numbers',
      call(name('torch._utils', '_rebuild_parameter'), tensor(storage('ComplexFloatStorage', '1', 2), 0, [2], [1]), [0x88], ORDERED),
      /complex numbers/,
    ],
  ])('%s', async (_, bytes, reason) => {
    const file = await beside(bytes);
    await expect(readPyTorchTensors(file)).rejects.toThrow(reason);
    await expect(readPyTorchTensors(file)).rejects.toThrow(/'v' is /);
    const unread: [string, OpaqueValue][] = [];
    expect(Object.keys(await readPyTorchTensors(file, { onUnread: (at, value) => unread.push([at, value]) }))).toEqual(['w']);
    expect(unread).toMatchObject([['v', { kind: 'opaque' }]]);
    expect(await valueOf(bytes)).toMatchObject({ kind: 'opaque' });
  });

  test.each<readonly [string, readonly number[], string]>([
    ['metadata of a later PyTorch', rebuilt('_v2', FALSE, ORDERED, dict(text('scale'), [0x88])), 'its metadata has "scale"'],
    ['metadata that are no booleans', rebuilt('_v2', FALSE, ORDERED, dict(text('neg'), int(1))), 'its metadata has "neg"'],
    ['a negative bit that is said not to be', rebuilt('_v2', FALSE, ORDERED, dict(text('neg'), FALSE)), 'its metadata has "neg"'],
    ['a conjugate of real numbers', rebuilt('_v2', FALSE, ORDERED, dict(text('conj'), [0x88])), 'complex conjugate'],
    ['metadata that are no dict', rebuilt('_v2', FALSE, ORDERED, int(1)), 'for metadata'],
    ['more arguments than the first version has', rebuilt('', FALSE), '_rebuild_tensor has other arguments'],
    ['fewer arguments than the second version has', rebuilt('_v2', FALSE), '_rebuild_tensor_v2 has other arguments'],
    ['more arguments than the second version has', rebuilt('_v2', FALSE, ORDERED, NONE, NONE), '_rebuild_tensor_v2 has other arguments'],
    [
      'more arguments than the third version has',
      rebuilt('_v3', FALSE, ORDERED, name('torch', 'float32'), NONE, NONE),
      '_rebuild_tensor_v3 has other arguments',
    ],
    ['a number for requires_grad', rebuilt('_v2', int(1), ORDERED), 'for requires_grad'],
    ['a list for hooks', rebuilt('_v2', FALSE, list()), 'for hooks'],
    [
      'other data set as an attribute',
      call(name('torch._utils', '_rebuild_parameter_with_state'), W, FALSE, ORDERED, dict(text('data'), W)),
      'change its values',
    ],
    [
      'other data set on a class',
      call(FROM_TYPE, V2, name('torch', 'Tensor'), V2_ARGUMENTS, tuple(NONE, dict(text('data'), W))),
      'change its values',
    ],
  ])('arguments that are not understood are refused: %s', async (_, bytes, reason) => {
    const file = await beside(bytes);
    await expect(readPyTorchTensors(file)).rejects.toThrow(reason);
    await expect(readPyTorchFile(file)).rejects.toThrow(/tensor "v": /);
    const open = await openPyTorchFile(file);
    const [w] = tensorsByName(open.value, { onUnread: () => undefined }).values();
    expect(valuesOf(await open.read(w!))).toEqual([1, 2]);
    await open.close();
  });

  test('a state set on a tensor is refused, unless it is that of an early parameter', async () => {
    const early = call(name('torch.nn.parameter', 'Parameter'), W).concat(tuple([0x88], FALSE, ORDERED), BUILD);
    expect(valuesOf((await readPyTorchTensors(await beside(early))).v)).toEqual([1, 2]);
    await expect(
      readPyTorchTensors(await beside(W.concat(tuple(storage('FloatStorage', '1', 4), int(0), tuple(int(2)), tuple(int(1))), BUILD))),
    ).rejects.toThrow('sets attributes of a tensor');
  });
});
