import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSafetensors, readSafetensors } from './safetensors-reader.js';
import { writeSafetensors } from './safetensors-writer.js';
import { bytesOf, names, storedTensors, valuesOf } from './testing/arbitraries.js';
import { useFolder } from './testing/folders.js';
import { rawSafetensors } from './testing/raw-safetensors.js';

const path = useFolder();

const models = fc.uniqueArray(fc.tuple(names, storedTensors), { selector: ([name]) => name, maxLength: 5 });

describe('a safetensors file', () => {
  test('gives back every tensor to the bit, in every dtype and shape, with its metadata', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.dictionary(names, fc.string({ unit: 'binary' }), { noNullPrototype: true }), async (model, metadata) => {
        await writeSafetensors(path('any.safetensors'), model, metadata);
        const read = await readSafetensors(path('any.safetensors'));
        expect(read.metadata).toEqual(metadata);
        expect(Object.keys(read.tensors).sort()).toEqual(model.map(([name]) => name).sort());
        for (const [name, tensor] of model) {
          const back = read.tensors[name];
          expect([back?.dtype, back?.shape, back?.data.constructor]).toEqual([tensor.dtype, tensor.shape, tensor.data.constructor]);
          expect(back && bytesOf(back)).toEqual(bytesOf(tensor));
        }
      }),
    );
  });

  test('keeps NaN payloads, infinities, negative zero and subnormals', async () => {
    const bits = Uint32Array.from([0x7fc00001, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000, 0x80000000, 1, 0x807fffff]);
    await writeSafetensors(path('nan.safetensors'), { x: { dtype: 'F32', shape: [8], data: new Float32Array(bits.buffer) } });
    const { tensors } = await readSafetensors(path('nan.safetensors'));
    expect(new Uint32Array(tensors.x?.data.buffer ?? new ArrayBuffer(0))).toEqual(bits);
  });

  test('has its metadata first, its data in the given order, and starts them at a multiple of 8', async () => {
    const tensor = (value: number) => ({ dtype: 'F32', shape: [], data: Float32Array.of(value) }) as const;
    // As keys of an object, '10' and '9' would come first and in numeric order.
    await writeSafetensors(
      path('order.safetensors'),
      [
        ['b', tensor(1)],
        ['10', tensor(2)],
        ['9', tensor(3)],
      ],
      { made: 'by a test' },
    );
    const bytes = await readFile(path('order.safetensors'));
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = bytes.toString('utf8', 8, 8 + length);
    expect(header.startsWith('{"__metadata__":{"made":"by a test"},"b":')).toBe(true);
    expect(header.indexOf('"10"')).toBeLessThan(header.indexOf('"9"'));
    expect(Array.from(new Float32Array(new Uint8Array(bytes.subarray(8 + length)).buffer))).toEqual([1, 2, 3]);
  });

  test('reads one tensor at a time, each in aligned memory of its own, whatever lies before it', async () => {
    await writeSafetensors(path('odd.safetensors'), [
      ['byte', { dtype: 'U8', shape: [1], data: Uint8Array.of(7) }],
      ['double', { dtype: 'F64', shape: [2], data: Float64Array.of(Math.PI, -0) }],
    ]);
    const file = await openSafetensors(path('odd.safetensors'));
    expect(file.entries.get('double')).toMatchObject({ dtype: 'F64', shape: [2], bytes: 16 });
    const double = await file.read('double');
    expect([double.data.byteOffset, double.data.buffer.byteLength]).toEqual([0, 16]);
    expect(valuesOf(double)).toEqual([Math.PI, -0]);
    await expect(file.read('constructor')).rejects.toThrow("there is no tensor 'constructor'");
    await file.close();
  });

  test('asks for lazy data one after another, in their order', async () => {
    const log: string[] = [];
    const lazy = (name: string) =>
      [
        name,
        {
          dtype: 'I32',
          shape: [1],
          data: () => {
            log.push(name);
            return Promise.resolve(Int32Array.of(log.length));
          },
        },
      ] as const;
    await writeSafetensors(path('lazy.safetensors'), new Map([lazy('z'), lazy('a')]));
    expect(log).toEqual(['z', 'a']);
    expect(valuesOf((await readSafetensors(path('lazy.safetensors'))).tensors.a)).toEqual([2]);
  });

  test('may hold half-precision floats, which arrive exactly as float32', async () => {
    const halves = Uint16Array.from([0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x0400, 0x7c00, 0xfc00, 0x8000, 0x3555]);
    const data = new Uint8Array(halves.buffer);
    await writeFile(path('f16.safetensors'), rawSafetensors({ x: { dtype: 'F16', shape: [10], data_offsets: [0, 20] } }, data));
    const f16 = (await readSafetensors(path('f16.safetensors'))).tensors.x;
    expect(f16?.dtype).toBe('F32');
    expect(valuesOf(f16)).toEqual([1, -2, 65504, 2 ** -24, -1023 * 2 ** -24, 2 ** -14, Infinity, -Infinity, -0, 0.333251953125]);
    await writeFile(
      path('bf16.safetensors'),
      rawSafetensors(
        { x: { dtype: 'BF16', shape: [3], data_offsets: [0, 6] } },
        new Uint8Array(Uint16Array.of(0x3f80, 0xc049, 0x7f80).buffer),
      ),
    );
    expect(valuesOf((await readSafetensors(path('bf16.safetensors'))).tensors.x)).toEqual([1, -3.140625, Infinity]);
  });
});
