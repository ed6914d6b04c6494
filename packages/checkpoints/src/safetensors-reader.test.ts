import { mkdir, readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSafetensors, readSafetensors } from './safetensors-reader.js';
import { writeSafetensors } from './safetensors-writer.js';
import { useFolder } from './testing/folders.js';
import { rawSafetensors } from './testing/raw-safetensors.js';

const path = useFolder();
const FOUR = new Uint8Array(4);
const x = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

async function faultOf(bytes: Uint8Array): Promise<string> {
  await writeFile(path('hostile.safetensors'), bytes);
  return readSafetensors(path('hostile.safetensors')).then(
    () => 'none',
    (error: unknown) => (error instanceof Error ? error.message : 'not an error'),
  );
}

function withLength(length: bigint, rest = 16): Uint8Array {
  const bytes = new Uint8Array(8 + rest);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
}

const HOSTILE: readonly (readonly [what: string, bytes: Uint8Array, fault: string])[] = [
  ['an empty file', new Uint8Array(), 'has at least 8 bytes, this one has 0'],
  ['a header longer than the file', withLength(17n), 'the header would have 17 bytes, but the file has 24'],
  ['a header of more than 100 MB', withLength(100_000_001n), 'more than 100000000'],
  ['a header of 2⁶⁴−1 bytes', withLength(2n ** 64n - 1n), '18446744073709551615 bytes'],
  ['no header', withLength(0n), 'not valid JSON'],
  ['a header that is not JSON', rawSafetensors('{"x":'), 'not valid JSON'],
  ['a header that is not UTF-8', withLength(1n, 1).fill(0xff, 8), 'not valid JSON'],
  ['a list for a header', rawSafetensors([]), 'must be a JSON object'],
  ['null for a header', rawSafetensors('null'), 'must be a JSON object'],
  [
    'one name twice',
    rawSafetensors('{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0078" :{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
    'the key "x" occurs twice',
  ],
  ['one field twice', rawSafetensors('{"x":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'), 'the key "dtype" occurs twice'],
  [
    'the name __proto__',
    rawSafetensors('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', FOUR),
    "the name '__proto__' is not allowed",
  ],
  ['a metadata key __proto__', rawSafetensors('{"__metadata__":{"__proto__":"x"}}'), "key '__proto__' is not allowed"],
  ['metadata that is no object', rawSafetensors({ __metadata__: 'x' }), 'must be an object of strings'],
  ['metadata that is no text', rawSafetensors({ __metadata__: { a: 1 } }), "__metadata__ 'a' must be a string, got 1"],
  ['a tensor that is no object', rawSafetensors({ x: 7 }), "tensor 'x': must be an object"],
  ['an unknown dtype', rawSafetensors({ x: { ...x, dtype: 'F8' } }, FOUR), 'unknown dtype "F8"; known are BOOL, F32'],
  ['a dtype that is a method of objects', rawSafetensors({ x: { ...x, dtype: 'constructor' } }, FOUR), 'unknown dtype'],
  ['no shape', rawSafetensors({ x: { dtype: 'F32', data_offsets: [0, 4] } }, FOUR), 'shape must be'],
  [
    'a size that is written as a float',
    rawSafetensors('{"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', FOUR),
    'shape must be a list of whole numbers ≥ 0 of countable product, got [1.0]',
  ],
  [
    'a size that is written with an exponent',
    rawSafetensors('{"x":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}', FOUR),
    'shape must be',
  ],
  [
    'an offset that is written as a float',
    rawSafetensors('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0.0,4]}}', FOUR),
    'data_offsets must be',
  ],
  ['an offset of minus zero', rawSafetensors('{"x":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}', FOUR), 'data_offsets must be'],
  ['three offsets', rawSafetensors('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', FOUR), 'data_offsets must be'],
  [
    'a shape of 100,000 axes',
    rawSafetensors({ x: { ...x, shape: Array<number>(100_000).fill(1) } }, FOUR),
    "tensor 'x': shape must have at most 65536 bytes, got 200001",
  ],
  [
    'half a surrogate pair in a name',
    rawSafetensors('{"\\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', FOUR),
    'is not well-formed Unicode',
  ],
  ['half a surrogate pair in metadata', rawSafetensors('{"__metadata__":{"k":"\\ud800"}}'), '__metadata__ "k" is not well-formed Unicode'],
  ['metadata twice', rawSafetensors('{"__metadata__":{},"__metadata__":{}}'), 'the key "__metadata__" occurs twice'],
  ['one key of metadata twice', rawSafetensors('{"__metadata__":{"a":"","a":""}}'), 'the key "a" occurs twice'],
  [
    'lists nested 126 deep in an entry',
    rawSafetensors(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":${'['.repeat(126)}${']'.repeat(126)}}}`, FOUR),
    'objects and lists are nested more than 127 deep',
  ],
  ['two million brackets', rawSafetensors(`{"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`), 'nested more than 127 deep'],
  ['two million braces', rawSafetensors('{"x":'.repeat(4e5)), 'nested more than 127 deep'],
  ['a name of a million characters', rawSafetensors({ ['n'.repeat(1e6)]: 7 }), `tensor '${'n'.repeat(200)}…': must be`],
  ['a comma at the end', rawSafetensors('{"__metadata__":{},}'), 'not valid JSON'],
  ['something after the header', rawSafetensors('{} {}'), 'not valid JSON'],
  ['a control character in a text', rawSafetensors('{"__metadata__":{"a":"\n"}}'), 'not valid JSON'],
  ['an unknown escape', rawSafetensors('{"__metadata__":{"a":"\\x41"}}'), 'not valid JSON'],
  ['a number that is none', rawSafetensors('{"x":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}', FOUR), 'not valid JSON'],
  ['a byte order mark', rawSafetensors('\ufeff{}'), 'not valid JSON'],
  ['a negative size', rawSafetensors({ x: { ...x, shape: [-1, -1] } }, FOUR), 'shape must be'],
  ['a fractional size', rawSafetensors({ x: { ...x, shape: [0.5, 2] } }, FOUR), 'shape must be'],
  ['a size that is text', rawSafetensors({ x: { ...x, shape: ['1'] } }, FOUR), 'shape must be'],
  ['sizes whose product overflows', rawSafetensors({ x: { ...x, shape: [2 ** 40, 2 ** 40] } }, FOUR), 'shape must be'],
  ['an infinite size', rawSafetensors('{"x":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}', FOUR), 'shape must be'],
  ['a huge shape', rawSafetensors({ x: { ...x, shape: [1e12] } }, FOUR), 'need 4000000000000 bytes, data_offsets give 4'],
  ['a shape that needs fewer bytes', rawSafetensors({ x: { ...x, shape: [0] } }, FOUR), 'need 0 bytes, data_offsets give 4'],
  ['offsets that run backwards', rawSafetensors({ x: { ...x, data_offsets: [4, 0] } }, FOUR), 'data_offsets must be'],
  ['negative offsets', rawSafetensors({ x: { ...x, data_offsets: [-4, 0] } }, FOUR), 'data_offsets must be'],
  ['one offset', rawSafetensors({ x: { ...x, data_offsets: [0] } }, FOUR), 'data_offsets must be'],
  [
    'offsets past the end',
    rawSafetensors({ x: { ...x, data_offsets: [4, 8] } }, FOUR),
    "tensor 'x': ends at byte 8 of the data, but there are 4",
  ],
  ['two tensors in one place', rawSafetensors({ x, y: x }, FOUR), "tensor 'y' overlaps the one before it"],
  [
    'tensors that overlap',
    rawSafetensors({ x: { dtype: 'U8', shape: [3], data_offsets: [0, 3] }, y: { dtype: 'U8', shape: [2], data_offsets: [2, 4] } }, FOUR),
    "tensor 'y' overlaps",
  ],
  [
    'a gap between tensors',
    rawSafetensors({ x: { dtype: 'U8', shape: [1], data_offsets: [0, 1] }, y: { dtype: 'U8', shape: [1], data_offsets: [3, 4] } }, FOUR),
    "2 bytes before tensor 'y'",
  ],
  [
    'a gap before the first tensor',
    rawSafetensors({ x: { dtype: 'U8', shape: [1], data_offsets: [3, 4] } }, FOUR),
    "3 bytes before tensor 'x'",
  ],
  ['bytes after the last tensor', rawSafetensors({ x }, new Uint8Array(5)), '1 bytes after the last tensor'],
  ['data without tensors', rawSafetensors({}, FOUR), '4 bytes after the last tensor'],
];

describe('reading a safetensors file', () => {
  test.each(HOSTILE)('refuses %s, naming the file and the fault', async (_, bytes, fault) => {
    const message = await faultOf(bytes);
    expect(message).toContain(`openSafetensors: ${path('hostile.safetensors')}: `);
    expect(message).toContain(fault);
  });

  test('a file cut short at any byte is refused', async () => {
    await writeSafetensors(path('whole.safetensors'), [
      ['a', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }],
      ['b', { dtype: 'U8', shape: [3], data: Uint8Array.of(3, 4, 5) }],
    ]);
    const whole = await readFile(path('whole.safetensors'));
    expect(await faultOf(whole)).toBe('none');
    for (let length = 0; length < whole.byteLength; length++) {
      expect(await faultOf(whole.subarray(0, length)), `cut to ${String(length)} bytes`).toContain('hostile.safetensors: ');
    }
  });

  test('any damage to the header is refused with an error or still gives tensors that lie within the file', async () => {
    const good = rawSafetensors({ a: x, b: { dtype: 'U8', shape: [2, 2], data_offsets: [4, 8] } }, new Uint8Array(8));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: good.byteLength - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          const bytes = Uint8Array.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          await writeFile(path('damaged.safetensors'), bytes);
          const result = await readSafetensors(path('damaged.safetensors')).catch((error: unknown) => error);
          if (result instanceof Error) expect(result.message).toContain('damaged.safetensors: ');
          else expect(result).toHaveProperty('tensors');
        },
      ),
    );
  });

  test('a file that shrinks after it was opened gives an error, not a tensor', async () => {
    const bytes = rawSafetensors({ x }, FOUR);
    await writeFile(path('shrinking.safetensors'), bytes);
    const file = await openSafetensors(path('shrinking.safetensors'));
    await writeFile(path('shrinking.safetensors'), bytes.subarray(0, bytes.byteLength - 1));
    await expect(file.read('x')).rejects.toThrow('1 bytes too soon');
    await file.close();
    await expect(file.read('x')).rejects.toThrow('shrinking.safetensors: ');
  });

  test('a path with no file, or with a folder, is named', async () => {
    await expect(readSafetensors(path('absent.safetensors'))).rejects.toThrow(/absent\.safetensors: ENOENT/);
    await mkdir(path('folder'));
    await expect(readSafetensors(path('folder'))).rejects.toThrow('folder: this is not a file');
  });

  test('metadata of millions of escapes is read, in linear time', async () => {
    const text = '"a'.repeat(1_500_000);
    await writeSafetensors(path('escapes.safetensors'), {}, { text, tags: JSON.stringify(Array(300_000).fill('tag')) });
    const { metadata } = await readSafetensors(path('escapes.safetensors'));
    expect(metadata.text === text && metadata.tags?.length === 1_800_001).toBe(true);
  });

  test('fields that are not known are passed over, and metadata may be null', async () => {
    const more = `"more":[1,-2.5e3,true,{"a":[]},"\\""${','}${'['.repeat(120)}${']'.repeat(120)}]`;
    await writeFile(
      path('more.safetensors'),
      rawSafetensors(`{"__metadata__":null,"x":{"dtype":"F32",${more},"shape":[1],"data_offsets":[0,4]}}`, FOUR),
    );
    expect(await readSafetensors(path('more.safetensors'))).toEqual({
      tensors: { x: { dtype: 'F32', shape: [1], data: Float32Array.of(0) } },
      metadata: {},
    });
  });

  test('entries come in the order of the header, also where names are whole numbers', async () => {
    const scalar = { dtype: 'U8', shape: [], data: Uint8Array.of(1) } as const;
    await writeSafetensors(
      path('order.safetensors'),
      ['b', '10', '2', 'a'].map((name) => [name, scalar] as const),
    );
    const file = await openSafetensors(path('order.safetensors'));
    expect([...file.entries.keys()]).toEqual(['b', '10', '2', 'a']);
    await file.close();
  });

  test('complex numbers are listed, and refused by name when read', async () => {
    const header = { z: { dtype: 'C64', shape: [1], data_offsets: [0, 8] }, x: { ...x, data_offsets: [8, 12] } };
    await writeFile(path('complex.safetensors'), rawSafetensors(header, new Uint8Array(12)));
    const file = await openSafetensors(path('complex.safetensors'));
    expect(file.entries.get('z')).toMatchObject({ dtype: 'C64', bytes: 8 });
    expect((await file.read('x')).data).toEqual(Float32Array.of(0));
    await expect(file.read('z')).rejects.toThrow("tensor 'z' has complex numbers");
    await file.close();
    expect(await faultOf(rawSafetensors(header, new Uint8Array(12)))).toContain("tensor 'z' has complex numbers");
  });

  test('booleans of other bytes than 0 and 1 are true', async () => {
    await writeFile(
      path('booleans.safetensors'),
      rawSafetensors({ x: { dtype: 'BOOL', shape: [4], data_offsets: [0, 4] } }, Uint8Array.of(0, 1, 2, 255)),
    );
    expect((await readSafetensors(path('booleans.safetensors'))).tensors.x?.data).toEqual(Uint8Array.of(0, 1, 1, 1));
  });

  test('an empty model and trailing spaces in the header are fine', async () => {
    expect(await faultOf(rawSafetensors('{}      '))).toBe('none');
  });
});
