import type * as Files from 'node:fs/promises';
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test, vi } from 'vitest';
import { findLatestCheckpoint } from './find-checkpoints.js';
import { saveCheckpoint } from './save-checkpoint.js';
import { useFolder } from './testing/folders.js';

let isStubborn = false;

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof Files>();
  return {
    ...original,
    rename: (from: string, to: string) =>
      isStubborn && basename(from).startsWith('.partial-')
        ? Promise.reject(new Error('EIO: it cannot be renamed'))
        : original.rename(from, to),
  };
});

const path = useFolder();

test('a checkpoint that is to be replaced is there, whole, when the new one cannot take its name', async () => {
  const directory = path('run', 'checkpoints');
  const save = (value: number) =>
    saveCheckpoint(directory, 3, { 'w.safetensors': { tensors: { w: { dtype: 'F32', shape: [1], data: Float32Array.of(value) } } } });
  const first = await save(1);
  isStubborn = true;
  await expect(save(2)).rejects.toThrow('EIO: it cannot be renamed; the unfinished folder was removed, earlier checkpoints are intact');
  isStubborn = false;
  const { checkpoint, passedOver } = await findLatestCheckpoint(directory, { verify: 'sha256' });
  expect([checkpoint, passedOver]).toEqual([first, []]);
  expect(await readdir(directory)).toEqual(['0000003']);
});
