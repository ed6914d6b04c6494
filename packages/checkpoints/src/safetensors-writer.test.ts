import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Dtype } from './dtypes.js';
import { writeSafetensors, type TensorSource } from './safetensors-writer.js';
import { useFolder } from './testing/folders.js';

const path = useFolder();
const good: TensorSource = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) };

const WRONG: readonly (readonly [what: string, name: string, tensor: TensorSource, fault: string])[] = [
  ['too few elements', 'x', { ...good, shape: [3] }, "tensor 'x': shape [3] needs 3 elements, got 2"],
  ['the wrong kind of array', 'x', { ...good, data: Float64Array.of(1, 2) }, 'dtype F32 needs a Float32Array, got Float64Array'],
  ['a dtype that is only read', 'x', { ...good, dtype: 'BF16' as Dtype }, 'dtype must be one of BOOL, F32'],
  ['a half float from other values', 'x', { ...good, dtype: 'F16', data: Float64Array.of(1, 2) }, 'dtype F16 needs a Float32Array'],
  ['values beyond half floats', 'x', { ...good, dtype: 'F16', data: Float32Array.of(1, 65520) }, '65520 at 1 is beyond half floats'],
  ['a negative size', 'x', { ...good, shape: [-2] }, 'shape must be whole numbers ≥ 0, got [-2]'],
  ['the name __proto__', '__proto__', good, "the name '__proto__' is not allowed"],
  ['the name __metadata__', '__metadata__', good, "the name '__metadata__' is reserved"],
  ['half a surrogate pair', 'x\ud800', good, 'the name "x\\ud800" is not well-formed Unicode'],
  [
    'a boolean that is neither 0 nor 1',
    'x',
    { dtype: 'BOOL', shape: [3], data: Uint8Array.of(0, 1, 255) },
    "tensor 'x': BOOL needs bytes that are 0 or 1, got 255 at 2",
  ],
  ['thousands of axes', 'x', { ...good, shape: Array<number>(2000).fill(1) }, 'at most 1024 axes, got 2000'],
  ['lazy data that fail', 'x', { ...good, data: () => Promise.reject(new Error('the device is gone')) }, 'the device is gone'],
];

describe('writing a safetensors file', () => {
  test.each(WRONG)('refuses %s, and leaves what was there', async (_, name, tensor, fault) => {
    await mkdir(path('kept'), { recursive: true });
    await writeFile(path('kept', 'model.safetensors'), 'before');
    await expect(
      writeSafetensors(path('kept', 'model.safetensors'), [
        ['fine', good],
        [name, tensor],
      ]),
    ).rejects.toThrow(fault);
    expect(await readFile(path('kept', 'model.safetensors'), 'utf8')).toBe('before');
    expect(await readdir(path('kept'))).toEqual(['model.safetensors']);
  });

  test('refuses one name twice', async () => {
    await expect(
      writeSafetensors(path('twice'), [
        ['x', good],
        ['x', good],
      ]),
    ).rejects.toThrow("tensor 'x' is given twice");
  });

  test('refuses metadata that is no text, which no reader would take', async () => {
    const metadata = { step: 7 } as unknown as Record<string, string>;
    await expect(writeSafetensors(path('metadata'), { x: good }, metadata)).rejects.toThrow("__metadata__ 'step' must be a string, got 7");
  });

  test('refuses metadata that other readers cannot take', async () => {
    await expect(writeSafetensors(path('metadata'), { x: good }, { k: 'half\ud800' })).rejects.toThrow(
      '__metadata__ "k" is not well-formed Unicode',
    );
    await expect(writeSafetensors(path('metadata'), { x: good }, { '\udc00': '' })).rejects.toThrow('is not well-formed Unicode');
    await expect(writeSafetensors(path('metadata'), { x: good }, { k: 'x'.repeat(1e8) })).rejects.toThrow(
      /the header would have 1000000\d\d bytes, and readers take up to 100000000/,
    );
  });

  test('says which file a missing folder was for', async () => {
    await expect(writeSafetensors(path('nowhere', 'model.safetensors'), { x: good })).rejects.toThrow(
      /^writeSafetensors: .*nowhere.model\.safetensors: ENOENT/,
    );
  });

  // /dev/full takes no byte: what a full disk answers.
  test.runIf(existsSync('/dev/full'))('on a full disk says so, and leaves what was there', async () => {
    await mkdir(path('full'));
    await writeFile(path('full', 'model.safetensors'), 'before');
    await symlink('/dev/full', path('full', 'model.safetensors.partial'));
    await expect(writeSafetensors(path('full', 'model.safetensors'), { x: good })).rejects.toThrow(/model\.safetensors: ENOSPC/);
    expect(await readFile(path('full', 'model.safetensors'), 'utf8')).toBe('before');
    expect(await readdir(path('full'))).toEqual(['model.safetensors']);
  });
});
