import { mkdir, truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valuesOf } from '../testing/arbitraries.js';
import { useFolder } from '../testing/folders.js';
import {
  call,
  dict,
  EMPTY_LIST,
  FALSE,
  get,
  int,
  legacyFile,
  list,
  name,
  NONE,
  persistent,
  pickle,
  put,
  storage,
  tensor,
  text,
  tuple,
} from '../testing/raw-pickle.js';
import { rawZip, zipFile } from '../testing/raw-zip.js';
import { openPyTorchFile, readPyTorchFile, readPyTorchTensors, type PyTorchOptions } from './open-pytorch-file.js';
import type { NameOptions } from './value-tree.js';

const path = useFolder();

const bytesOf = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const counting = (count: number): Uint8Array => bytesOf(Float32Array.from({ length: count }, (_, i) => i));

/** A 2×3 tensor `w` of 0 … 5. */
const W = tensor(storage('FloatStorage', '0', 6), 0, [2, 3], [3, 1]);
const good = pickle(dict(text('w'), W));

async function tensorsOf(bytes: Uint8Array, options?: NameOptions & PyTorchOptions): Promise<Record<string, unknown>> {
  await writeFile(path('file.ckpt'), bytes);
  const tensors = await readPyTorchTensors(path('file.ckpt'), options);
  return Object.fromEntries(
    Object.entries(tensors).map(([key, value]) => [key, { dtype: value.dtype, shape: value.shape, values: valuesOf(value) }]),
  );
}

async function faultOf(bytes: Uint8Array, options?: PyTorchOptions): Promise<string> {
  await writeFile(path('hostile.ckpt'), bytes);
  return readPyTorchTensors(path('hostile.ckpt'), options).then(
    () => 'none',
    (error: unknown) => (error instanceof Error ? error.message : 'not an error'),
  );
}

const LAYOUTS = [
  ['the zip layout', (value: Uint8Array, key: string, count: number, bytes: Uint8Array) => zipFile(value, { [key]: bytes })],
  ['the layout before 1.6', (value: Uint8Array, key: string, count: number, bytes: Uint8Array) => legacyFile(value, [[key, count, bytes]])],
] as const;

describe.each(LAYOUTS)('%s', (_, layout) => {
  test('gives tensors by the keys on the way to them', async () => {
    const value = pickle(dict(text('generator'), dict(text('w'), W), text('step'), int(3), text('list'), list(NONE, W)));
    const w = { dtype: 'F32', shape: [2, 3], values: [0, 1, 2, 3, 4, 5] };
    expect(await tensorsOf(layout(value, '0', 6, counting(6)))).toEqual({ 'generator.w': w, 'list.1': w });
  });

  test('gives views in C order, whatever their strides are', async () => {
    const shared = storage('FloatStorage', '0', 12);
    const views = dict(
      text('transposed'),
      tensor(shared, 0, [4, 3], [1, 4]),
      text('block'),
      tensor(shared, 5, [2, 2], [4, 1]),
      text('column'),
      tensor(shared, 2, [3], [4]),
      text('repeated'),
      tensor(shared, 7, [2, 2], [0, 0]),
      text('scalar'),
      tensor(shared, 11, [], []),
      text('empty'),
      tensor(shared, 0, [0, 3], [3, 1]),
      text('every second of every second'),
      tensor(shared, 1, [2, 1, 2], [4, 9, 2]),
    );
    const read = await tensorsOf(layout(pickle(views), '0', 12, counting(12)));
    expect(Object.values(read).map((view) => (view as { values: number[] }).values)).toEqual([
      [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11],
      [5, 6, 9, 10],
      [2, 6, 10],
      [7, 7, 7, 7],
      [11],
      [],
      [1, 3, 5, 7],
    ]);
  });

  const TYPES: readonly (readonly [type: string, values: ArrayBufferView, dtype: string, read: readonly (bigint | number)[]])[] = [
    ['DoubleStorage', Float64Array.of(0.1, -1), 'F64', [0.1, -1]],
    ['HalfStorage', Uint16Array.of(0x3c00, 0xc000), 'F32', [1, -2]],
    ['BFloat16Storage', Uint16Array.of(0x3f80, 0xc000), 'F32', [1, -2]],
    ['LongStorage', BigInt64Array.of(2n ** 60n, -1n), 'I64', [2n ** 60n, -1n]],
    ['IntStorage', Int32Array.of(7, -7), 'I32', [7, -7]],
    ['ShortStorage', Int16Array.of(7, -7), 'I16', [7, -7]],
    ['CharStorage', Int8Array.of(7, -7), 'I8', [7, -7]],
    ['ByteStorage', Uint8Array.of(7, 255), 'U8', [7, 255]],
    ['BoolStorage', Uint8Array.of(1, 0), 'BOOL', [1, 0]],
  ];
  test.each(TYPES)('reads %s', async (type, values, dtype, read) => {
    const value = pickle(dict(text('x'), tensor(storage(type, '0', 2), 0, [2], [1])));
    expect(await tensorsOf(layout(value, '0', 2, bytesOf(values)))).toEqual({ x: { dtype, shape: [2], values: read } });
    const reversed = pickle(dict(text('x'), tensor(storage(type, '0', 2), 1, [1, 2], [1, 0])));
    expect(await tensorsOf(layout(reversed, '0', 2, bytesOf(values)))).toEqual({ x: { dtype, shape: [1, 2], values: [read[1], read[1]] } });
  });

  test('unwraps parameters and tensors of other classes', async () => {
    const parameter = call(name('torch._utils', '_rebuild_parameter'), W, [0x88], call(name('collections', 'OrderedDict')));
    const args = tuple(
      storage('FloatStorage', '0', 6),
      int(4),
      tuple(int(2)),
      tuple(int(1)),
      FALSE,
      call(name('collections', 'OrderedDict')),
    );
    const derived = call(
      name('torch._tensor', '_rebuild_from_type_v2'),
      name('torch._utils', '_rebuild_tensor_v2'),
      name('torch', 'Tensor'),
      args,
      dict(),
    );
    const read = await tensorsOf(layout(pickle(dict(text('p'), parameter, text('d'), derived)), '0', 6, counting(6)));
    expect(read).toMatchObject({ p: { shape: [2, 3] }, d: { values: [4, 5] } });
  });

  test('refuses every file cut short', async () => {
    const whole = layout(good, '0', 6, counting(6));
    for (let length = 0; length < whole.byteLength; length++)
      expect(await faultOf(whole.slice(0, length))).toMatch(/^readPyTorchTensors: .*hostile\.ckpt: /);
  });
});

test('an untyped storage is read as the dtype of its tensor', async () => {
  const untyped = persistent(tuple(text('storage'), name('torch.storage', 'UntypedStorage'), text('0'), text('cpu'), int(8)));
  const rebuilt = call(
    name('torch._utils', '_rebuild_tensor_v3'),
    untyped,
    int(1),
    tuple(int(3)),
    tuple(int(1)),
    FALSE,
    call(name('collections', 'OrderedDict')),
    name('torch', 'uint16'),
    FALSE,
  );
  expect(await tensorsOf(zipFile(pickle(dict(text('x'), rebuilt)), { 0: bytesOf(Uint16Array.of(1, 2, 3, 65535)) }))).toEqual({
    x: { dtype: 'U16', shape: [3], values: [2, 3, 65535] },
  });
});

test('a part of a storage begins where the old layout says', async () => {
  const part = storage('FloatStorage', '0', 6, tuple(text('part'), int(2), int(3)));
  const value = pickle(dict(text('x'), tensor(part, 1, [2], [1])));
  expect(await tensorsOf(legacyFile(value, [['0', 6, counting(6)]]))).toMatchObject({ x: { values: [3, 4] } });
  const beyond = pickle(dict(text('x'), tensor(part, 2, [2], [1])));
  expect(await faultOf(legacyFile(beyond, [['0', 6, counting(6)]]))).toMatch(/reaches element 4 of a storage of 3/);
});

test('compressed entries are read', async () => {
  const entries = [
    { name: 'a/data.pkl', content: good, deflate: true },
    { name: 'a/data/0', content: counting(6), deflate: true },
  ];
  expect(await tensorsOf(rawZip(entries))).toMatchObject({ w: { values: [0, 1, 2, 3, 4, 5] } });
});

test('values that are no tensors are read too', async () => {
  const value = dict(text('step'), int(3), int(0), tuple(NONE, [0x88], text('x')), text('w'), W);
  await writeFile(path('values.ckpt'), zipFile(pickle(value), { 0: counting(6) }));
  expect(await readPyTorchFile(path('values.ckpt'))).toEqual(
    new Map<unknown, unknown>([
      ['step', 3],
      [0, [null, true, 'x']],
      ['w', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) }],
    ]),
  );
});

test('a file that is open gives one tensor at a time, each in memory of its own', async () => {
  await writeFile(path('open.ckpt'), zipFile(pickle(list(W, W)), { 0: counting(6) }));
  const file = await openPyTorchFile(path('open.ckpt'));
  const [first, second] = file.value as readonly { dtype: 'F32'; shape: number[] }[];
  expect(first).toEqual({ dtype: 'F32', shape: [2, 3] });
  const read = await file.read(first!);
  (read.data as Float32Array).fill(9);
  expect(valuesOf(await file.read(first!))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(valuesOf(await file.read(second!))).toEqual([0, 1, 2, 3, 4, 5]);
  await expect(file.read({ dtype: 'F32', shape: [2, 3] })).rejects.toThrow(/open\.ckpt: the tensor is not one of this file/);
  await file.close();
});

test("a wrapper's prefix is kept, or left out of every key where asked", async () => {
  const bytes = zipFile(pickle(dict(text('net'), dict(text('module.w'), W), text('module.v'), W)), { 0: counting(6) });
  expect(Object.keys(await tensorsOf(bytes))).toEqual(['net.module.w', 'module.v']);
  expect(Object.keys(await tensorsOf(bytes, { stripPrefix: 'module.' }))).toEqual(['net.w', 'v']);
});

test('doubles come as F32 where asked', async () => {
  const value = pickle(dict(text('x'), tensor(storage('DoubleStorage', '0', 1), 0, [], [])));
  const bytes = zipFile(value, { 0: bytesOf(Float64Array.of(0.1)) });
  expect(await tensorsOf(bytes, { narrowDoubles: true })).toEqual({ x: { dtype: 'F32', shape: [], values: [Math.fround(0.1)] } });
});

/** A list of lists, each holding the one before it twice, `levels` deep. */
function doubled(levels: number): Uint8Array {
  const body = [list(NONE), put(0)];
  for (let i = 0; i < levels; i++) body.push(tuple(get(0), get(0)), put(0));
  return pickle(...body);
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const wrong = (view: readonly number[], inner = dict(text('w'), view)): Uint8Array => zipFile(pickle(inner), { 0: counting(6) });
const six = storage('FloatStorage', '0', 6);
const entry = (member: string, content: Uint8Array = good): { name: string; content: Uint8Array } => ({ name: member, content });

const HOSTILE: readonly (readonly [what: string, bytes: Uint8Array, fault: string])[] = [
  ['an empty file', new Uint8Array(), 'the file is empty'],
  ['random bytes', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 'begins neither as a zip archive nor as a pickle'],
  ['another pickle', pickle(dict()), 'this is a pickle, but not one of torch.save'],
  [
    'another protocol of the old layout',
    legacyFile(good, [], [pickleOfMagic(), pickle(int(1002))]),
    "torch.save's protocol 1002; known is 1001",
  ],
  [
    'a big-endian writer of the old layout',
    legacyFile(good, [], [pickleOfMagic(), pickle(int(1001)), pickle(dict(text('little_endian'), FALSE))]),
    'big-endian',
  ],
  ['a big-endian writer', zipFile(good, { 0: counting(6) }, [entry('archive/byteorder', new TextEncoder().encode('big'))]), '"big" endian'],
  ['a zip archive of something else', rawZip([entry('readme.txt')]), 'has no data.pkl in a folder of its own'],
  ['a pickle that is in no folder', rawZip([entry('data.pkl')]), 'has no data.pkl in a folder of its own'],
  ['two archives in one', rawZip([entry('a/data.pkl'), entry('b/data.pkl')]), 'has "b/data.pkl" beside "a/"'],
  ['one name twice', rawZip([entry('a/data.pkl'), entry('a/data/0'), entry('a/data/0')]), 'two entries "a/data/0"'],
  ['a path upwards', rawZip([entry('a/data.pkl'), entry('a/../../etc/passwd')]), 'invalid relative path'],
  ['an absolute path', rawZip([entry('/data.pkl')]), 'absolute path'],
  ['a TorchScript program', rawZip([entry('a/data.pkl'), entry('a/code/x.py')]), 'is a TorchScript program'],
  ['an encrypted entry', rawZip([{ ...entry('a/data.pkl'), deflate: true, flags: 1 }]), 'is encrypted'],
  ['an unknown compression', rawZip([{ ...entry('a/data.pkl'), method: 12 }]), 'unsupported compression method'],
  ['damaged bytes of the pickle', rawZip([{ ...entry('a/data.pkl'), crc: 1 }]), 'their CRC-32 differs'],
  [
    'damaged bytes of a tensor',
    rawZip([entry('a/data.pkl'), { ...entry('a/data/0', counting(6)), crc: 1 }]),
    '"a/data/0" are not those that were written',
  ],
  [
    'a pickle of 1 GB that is not there',
    rawZip([{ ...entry('a/data.pkl'), deflate: true, size: 1e9 }]),
    'would take 1000000000 bytes of memory, more than 67108864',
  ],
  [
    'more than compression can give',
    rawZip([{ ...entry('a/data.pkl', new Uint8Array(10)), deflate: true, size: 60e6 }]),
    'claims 60000000 bytes from',
  ],
  [
    'compressed data longer than they say',
    rawZip([{ ...entry('a/data.pkl', new Uint8Array(1000)), deflate: true, size: 10 }]),
    'does not unpack to 10 bytes',
  ],
  ['a storage that is not there', zipFile(good), 'there are no bytes for storage "0"'],
  [
    'a storage named by a path',
    zipFile(pickle(dict(text('w'), tensor(storage('FloatStorage', '../data.pkl', 6), 0, [6], [1]))), { 0: counting(6) }),
    'no bytes for storage "../data.pkl"',
  ],
  ['a storage of another size', zipFile(good, { 0: counting(7) }), 'storage "0" has 28 bytes, the pickle says 24'],
  ['a view beyond its storage', wrong(tensor(six, 1, [2, 3], [3, 1])), 'a tensor of shape [2, 3] reaches element 7 of a storage of 6'],
  ['strides beyond the storage', wrong(tensor(six, 0, [2, 3], [4, 1])), 'reaches element 7'],
  ['a negative offset', wrong(tensor(six, -1, [1], [1])), "a tensor's offset must be a whole number ≥ 0"],
  ['a negative size', wrong(tensor(six, 0, [-1], [1])), "a tensor's shape must be whole numbers ≥ 0"],
  ['a negative stride', wrong(tensor(six, 0, [2], [-1])), "a tensor's strides must be whole numbers ≥ 0"],
  ['fewer strides than axes', wrong(tensor(six, 0, [2, 3], [1])), '2 axes and 1 strides'],
  ['sizes whose product overflows', wrong(tensor(six, 0, [2 ** 31, 2 ** 31], [0, 0])), 'has too many elements'],
  ['one number that is called a terabyte', wrong(tensor(six, 0, [2 ** 38], [0])), 'would take 1099511627776 bytes of memory'],
  ['a hundred axes', wrong(tensor(six, 0, Array<number>(100).fill(1), Array<number>(100).fill(1))), 'has 100 axes'],
  ['a tensor of a text', wrong(tensor(text('x'), 0, [1], [1])), 'storage must be a storage, got a string'],
  [
    'a storage of an unknown type',
    wrong(tensor(storage('QUInt8Storage', '0', 6), 0, [6], [1])),
    "'w' is torch.quint8, of which no tensor can be read: quantised elements",
  ],
  ['a whole module', wrong(persistent(tuple(text('module'), name('torch', 'Size')))), 'holds a whole module'],
  ['something else outside', wrong(persistent(text('0'))), 'outside it that is no storage'],
  ['a storage without a tensor', wrong(six), 'a storage that belongs to no tensor'],
  ['a list in itself', zipFile(pickle(EMPTY_LIST, put(0), get(0), [0x61])), 'contain themselves'],
  [
    'lists of lists of lists',
    zipFile(pickle(...Array<readonly number[]>(200).fill(EMPTY_LIST), ...Array<readonly number[]>(199).fill([0x61]))),
    'nested more than 100 deep',
  ],
  ['thirty doublings of a list', zipFile(doubled(30)), 'more than 1000000 values'],
  ['a single tensor', zipFile(pickle(W), { 0: counting(6) }), 'a single tensor, without a name; read it with readPyTorchFile'],
  [
    'two tensors of one name',
    zipFile(pickle(dict(text('a.b'), W, text('a'), dict(text('b'), W))), { 0: counting(6) }),
    'two tensors have the name "a.b"',
  ],
  ['the name __proto__', zipFile(pickle(dict(text('__proto__'), W)), { 0: counting(6) }), '"__proto__", which cannot be used'],
  [
    'a storage that is listed twice',
    legacyFile(good, [
      ['0', 6, counting(6)],
      ['0', 6, counting(6)],
    ]),
    'lists storage "0" twice',
  ],
  [
    'a storage that no tensor has',
    legacyFile(good, [
      ['0', 6, counting(6)],
      ['1', 6, counting(6)],
    ]),
    'lists a storage that no tensor has: "1"',
  ],
  ['a count that differs', legacyFile(good, [['0', 7, counting(7)]]), 'storage "0" has 7 elements, the pickle says 6'],
  ['a missing storage of the old layout', legacyFile(good, []), 'there are no bytes for storage "0"'],
];

function pickleOfMagic(): Uint8Array {
  return legacyFile(good, []).slice(0, 15);
}

describe('a file from a stranger', () => {
  test.each(HOSTILE)('is refused for %s', async (_, bytes, fault) => {
    const message = await faultOf(bytes);
    expect(message).toContain(fault);
    expect(message).toMatch(/^readPyTorchTensors: .*hostile\.ckpt: /);
  });

  test("is refused where a tensor's bytes have changed", async () => {
    const bytes = zipFile(good, { 0: counting(6) });
    const at = Buffer.from(bytes).indexOf(counting(6).slice(4));
    expect(await faultOf(flipped(bytes, at))).toMatch(/CRC-32 differs/);
  });

  test('may take no more memory than allowed, which can be raised', async () => {
    const bytes = wrong(tensor(six, 0, [1000], [0]));
    expect(await faultOf(bytes, { maxBytes: 3999 })).toMatch(/would take 4000 bytes of memory, more than 3999; raise maxBytes/);
    expect(await faultOf(bytes, { maxBytes: 4000 })).toBe('none');
    expect(await faultOf(bytes, { maxBytes: NaN })).toMatch(/maxBytes must be a number ≥ 0, got NaN/);
  });

  test('that is compressed a thousandfold takes no more memory than allowed', async () => {
    const zeros = new Uint8Array(4e6);
    const value = pickle(dict(text('w'), tensor(storage('FloatStorage', '0', 1e6), 0, [1], [1])));
    const bytes = rawZip([entry('a/data.pkl', value), { ...entry('a/data/0', zeros), deflate: true }]);
    expect(bytes.byteLength).toBeLessThan(10_000);
    expect(await faultOf(bytes, { maxBytes: 3e6 })).toMatch(/would take 4000000 bytes of memory, more than 3000000/);
    expect(await faultOf(bytes)).toBe('none');
  });

  test('that is a folder or missing is named', async () => {
    await mkdir(path('folder'));
    await expect(readPyTorchFile(path('folder'))).rejects.toThrow(/folder: this is not a file/);
    await expect(readPyTorchFile(path('absent'))).rejects.toThrow(/absent: ENOENT/);
  });

  test('with any byte changed gives the same names, or an error', async () => {
    const files = [zipFile(good, { 0: counting(6) }), legacyFile(good, [['0', 6, counting(6)]])];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 1, max: 255 }), async (bytes, at, change) => {
        const changed = bytes.map((byte, i) => (i === at % bytes.byteLength ? byte ^ change : byte));
        const fault = await faultOf(changed);
        expect(fault).toMatch(/^(none$|readPyTorchTensors: .*hostile\.ckpt: )/);
        expect(fault).not.toMatch(/undefined|is not a function|Invalid array/);
      }),
      { numRuns: 600 },
    );
  });
});

test('a file of the old layout is read whatever the length of its pickles', async () => {
  const long = pickle(dict(text('filler'), text('x'.repeat(1.1e6)), text('w'), W));
  expect(await tensorsOf(legacyFile(long, [['0', 6, counting(6)]]))).toMatchObject({ w: { values: [0, 1, 2, 3, 4, 5] } });
});

test('no memory is taken for a large hole in a file', async () => {
  // The list of storages would be in the middle of a gigabyte of zeros, which is no pickle.
  await writeFile(path('hole.ckpt'), legacyFile(good, []).slice(0, -30));
  await truncate(path('hole.ckpt'), 1e9);
  await expect(readPyTorchFile(path('hole.ckpt'))).rejects.toThrow(/hole\.ckpt: the pickle/);
});
