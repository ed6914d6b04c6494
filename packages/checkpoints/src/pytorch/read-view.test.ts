import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { valuesOf } from '../testing/arbitraries.js';
import { useFolder } from '../testing/folders.js';
import { call, dict, FALSE, int, legacyFile, name, pickle, storage, text, tuple } from '../testing/raw-pickle.js';
import { zipFile } from '../testing/raw-zip.js';
import { readPyTorchTensors } from './open-pytorch-file.js';

const path = useFolder();
const bytesOf = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const ORDERED = call(name('collections', 'OrderedDict'));

/** A tensor of two elements with the negative bit, every second one of four. */
const negated = (type: string): readonly number[] =>
  call(
    name('torch._utils', '_rebuild_tensor_v2'),
    storage(type, '0', 4),
    int(1),
    tuple(int(2)),
    tuple(int(2)),
    FALSE,
    ORDERED,
    dict(text('neg'), [0x88]),
  );

describe('tensors with the negative bit have their signs changed', () => {
  test.each<readonly [string, ArrayBufferView, readonly (bigint | number)[]]>([
    ['FloatStorage', Float32Array.of(0, 1, 0, -2), [-1, 2]],
    ['DoubleStorage', Float64Array.of(0, 0.1, 0, 0), [-0.1, -0]],
    ['HalfStorage', Uint16Array.of(0, 0x3c00, 0, 0xc000), [-1, 2]],
    ['BFloat16Storage', Uint16Array.of(0, 0x3f80, 0, 0xc000), [-1, 2]],
    ['LongStorage', BigInt64Array.of(0n, -(2n ** 63n), 0n, 5n), [-(2n ** 63n), -5n]],
    ['IntStorage', Int32Array.of(0, 7, 0, -7), [-7, 7]],
    ['ByteStorage', Uint8Array.of(0, 1, 0, 0), [255, 0]],
  ])('%s', async (type, values, read) => {
    const parameter = call(name('torch._utils', '_rebuild_parameter'), negated(type), FALSE, ORDERED);
    const value = pickle(dict(text('x'), negated(type), text('p'), parameter));
    for (const bytes of [zipFile(value, { 0: bytesOf(values) }), legacyFile(value, [['0', 4, bytesOf(values)]])]) {
      await writeFile(path('negated.ckpt'), bytes);
      const tensors = await readPyTorchTensors(path('negated.ckpt'));
      expect(valuesOf(tensors.x)).toEqual(read);
      expect(valuesOf(tensors.p)).toEqual(read);
    }
  });

  test('booleans with it are refused', async () => {
    await writeFile(path('boolean.ckpt'), zipFile(pickle(dict(text('x'), negated('BoolStorage'))), { 0: new Uint8Array(4) }));
    await expect(readPyTorchTensors(path('boolean.ckpt'))).rejects.toThrow(/'x' is .*booleans are negated/);
  });
});
