import { existsSync } from 'node:fs';
import { mkdir, open, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TensorSource } from '../safetensors-writer.js';
import { bytesOf, names, storedTensors, valuesOf } from '../testing/arbitraries.js';
import { useFolder } from '../testing/folders.js';
import { dict, pickle, storage, tensor, text } from '../testing/raw-pickle.js';
import { openPyTorchFile, readPyTorchFile, readPyTorchTensors } from './open-pytorch-file.js';
import { tensorsByName, type PyTorchKey } from './value-tree.js';
import { writePyTorchFile, type PyTorchSource } from './write-pytorch-file.js';
import { localHeader, zipEnd } from './zip-writer.js';

const path = useFolder();
const good: TensorSource = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) };

describe('writing a PyTorch file', () => {
  test('gives back every tensor, bit for bit, under its name', async () => {
    const written = storedTensors.filter(({ dtype }) => !/^U(16|32|64)$/.test(dtype));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(names, written), { selector: ([key]) => key, maxLength: 6 }), async (pairs) => {
        await writePyTorchFile(path('tensors.ckpt'), { net: new Map(pairs) });
        const read = await readPyTorchTensors(path('tensors.ckpt'));
        expect(Object.keys(read).sort()).toEqual(pairs.map(([key]) => `net.${key}`).sort());
        for (const [key, expected] of pairs) {
          const actual = read[`net.${key}`]!;
          expect({ dtype: actual.dtype, shape: actual.shape, bytes: bytesOf(actual) }).toEqual({
            dtype: expected.dtype,
            shape: expected.shape,
            bytes: bytesOf(expected),
          });
        }
      }),
      { numRuns: 100 },
    );
  });

  test('gives back every plain value', async () => {
    const leaf = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.double(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
      fc.bigInt({ min: -(2n ** 200n), max: -(2n ** 53n) }),
      names,
    );
    const { value } = fc.letrec<{ value: PyTorchSource; leaf: PyTorchSource }>((tie) => ({
      leaf,
      value: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.array(fc.tuple(fc.oneof(names, fc.integer()), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (written) => {
        await writePyTorchFile(path('values.ckpt'), written);
        expect(await readPyTorchFile(path('values.ckpt'))).toEqual(written);
      }),
      { numRuns: 150 },
    );
  });

  test('gives back bytes, complex numbers and keys that are no texts', async () => {
    const written = new Map<PyTorchKey, PyTorchSource>([
      ['bytes', Uint8Array.of(0, 1, 128, 255)],
      ['none', new Uint8Array()],
      ['complex', { kind: 'complex', real: 1, imaginary: -0.5 }],
      [null, 1],
      [true, 2],
      [Uint8Array.of(107), 3],
      [[1, ['x', null]], 4],
    ]);
    await writePyTorchFile(path('values.ckpt'), written);
    expect(await readPyTorchFile(path('values.ckpt'))).toEqual(written);
  });

  test('takes records for dicts, and data when their turn comes', async () => {
    const turns: string[] = [];
    const lazy = (name: string): TensorSource => ({
      ...good,
      data: () => {
        turns.push(name);
        return Float32Array.of(3, 4);
      },
    });
    await writePyTorchFile(path('lazy.ckpt'), { net: { b: lazy('b'), a: lazy('a') } });
    expect(turns).toEqual(['b', 'a']);
    const tensors = tensorsByName(await readPyTorchFile(path('lazy.ckpt')));
    expect(Array.from(tensors, ([name, value]) => [name, valuesOf(value)])).toEqual([
      ['net.b', [3, 4]],
      ['net.a', [3, 4]],
    ]);
  });

  test('is the same file for the same values, with contents at multiples of 64', async () => {
    await writePyTorchFile(path('one.ckpt'), { 'a long name of no great importance': good, b: good });
    const first = await readFile(path('one.ckpt'));
    await writePyTorchFile(path('one.ckpt'), { 'a long name of no great importance': good, b: good });
    expect((await readFile(path('one.ckpt'))).equals(first)).toBe(true);
    const data = Buffer.from(Float32Array.of(1, 2).buffer);
    expect(first.indexOf(data) % 64).toBe(0);
    expect(first.indexOf(data, first.indexOf(data) + 1) % 64).toBe(0);
  });

  const self: PyTorchSource[] = [];
  self.push(self);
  const WRONG: readonly (readonly [what: string, value: PyTorchSource, fault: string])[] = [
    ['too few elements', { net: { x: { ...good, shape: [3] } } }, "tensor 'net.x': shape [3] needs 3 elements, got 2"],
    ['a dtype that torch.save has not', { x: { dtype: 'U16', shape: [1], data: Uint16Array.of(1) } }, "tensor 'x': torch.save has no U16"],
    ['a function', { a: [1, (() => 1) as unknown as PyTorchSource] }, "'a.1': function cannot be written"],
    ['a list in itself', self, 'or contain themselves'],
    ...[
      new Date(0),
      new Set([1]),
      /x/,
      new Error('x'),
      Float32Array.of(1.5),
      new Uint8ClampedArray(1),
      new ArrayBuffer(1),
      Object(1) as object,
      new (class Thing {})(),
    ].map((value): readonly [string, PyTorchSource, string] => [
      value.constructor.name,
      { a: { b: value as unknown as PyTorchSource } },
      `'a.b': ${value.constructor.name} cannot be written`,
    ]),
    ['undefined', { a: undefined as unknown as PyTorchSource }, "'a': undefined cannot be written"],
    ['a hole in a list', Array<PyTorchSource>(1), "'0': undefined cannot be written"],
    ['a key that is a symbol', { [Symbol('x')]: 1 }, "'': Object cannot be written"],
    ['a key that is an object', new Map([[{} as unknown as string, 1]]), 'a key of Object cannot be written'],
    ['a tensor without data', { x: { dtype: 'F32', shape: [1] } }, "'x': a tensor without data cannot be written"],
    [
      'a value that is only named',
      { x: { kind: 'opaque', name: 'argparse.Namespace' } },
      "'x': argparse.Namespace, which is only named, cannot be written",
    ],
    [
      'booleans of other bytes',
      { x: { dtype: 'BOOL', shape: [1], data: Uint8Array.of(2) } },
      "tensor 'x': BOOL needs bytes that are 0 or 1",
    ],
    [
      'more axes than are read',
      { x: { dtype: 'F32', shape: Array<number>(65).fill(1), data: Float32Array.of(1) } },
      'could not be read again: a tensor has 65 axes',
    ],
    ['half a surrogate pair', ['x\ud800'], 'not well-formed Unicode'],
    ['lazy data that fail', { x: { ...good, data: () => Promise.reject(new Error('the device is gone')) } }, 'the device is gone'],
  ];
  test.each(WRONG)('refuses %s, and leaves what was there', async (_, value, fault) => {
    await mkdir(path('kept'), { recursive: true });
    await writeFile(path('kept', 'model.ckpt'), 'before');
    await expect(writePyTorchFile(path('kept', 'model.ckpt'), value)).rejects.toThrow(fault);
    expect(await readFile(path('kept', 'model.ckpt'), 'utf8')).toBe('before');
    expect(await readdir(path('kept'))).toEqual(['model.ckpt']);
  });

  // /dev/full takes no byte: what a full disk answers.
  test.runIf(existsSync('/dev/full'))('on a full disk says so, and leaves what was there', async () => {
    await mkdir(path('full'));
    await symlink('/dev/full', path('full', 'model.ckpt.partial'));
    await expect(writePyTorchFile(path('full', 'model.ckpt'), { x: good })).rejects.toThrow(/model\.ckpt: ENOSPC/);
    expect(await readdir(path('full'))).toEqual([]);
  });
});

test('an archive of more than 4 GiB and 65,535 entries is found its way through', async () => {
  const value = pickle(
    dict(
      text('x'),
      tensor(storage('FloatStorage', '1', 2), 0, [2], [1]),
      text('large'),
      tensor(storage('ByteStorage', '0', 5e9), 4999999999, [1], [1]),
    ),
  );
  const data = new Uint8Array(Float32Array.of(1, 2).buffer);
  const contents = [
    { name: 'a/data.pkl', content: value, size: value.byteLength },
    // A hole: the file system keeps no bytes of it.
    { name: 'a/data/0', content: new Uint8Array(), size: 5e9 },
    { name: 'a/data/1', content: data, size: data.byteLength },
    ...Array.from({ length: 65_536 }, (_, i) => ({ name: `a/data/more${String(i)}`, content: undefined, size: 0 })),
  ];
  const handle = await open(path('large.ckpt'), 'w');
  let position = 0;
  const entries = [];
  for (const { name, content, size } of contents) {
    const entry = { name, size, crc: crc32(content ?? ''), begin: position };
    entries.push(entry);
    if (content === undefined) continue;
    const header = localHeader(entry);
    await handle.write(header, 0, header.byteLength, position);
    position += header.byteLength;
    await handle.write(content, 0, content.byteLength, position);
    position += size;
  }
  const end = zipEnd(entries, position);
  await handle.write(end, 0, end.byteLength, position);
  await handle.close();

  const file = await openPyTorchFile(path('large.ckpt'));
  const { x } = Object.fromEntries(tensorsByName(file.value));
  expect(valuesOf(await file.read(x as never))).toEqual([1, 2]);
  await file.close();
});
