import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { appendRecords } from './append-records.js';
import { readRecords } from './testing/read-records.js';

it('leaves no trace of a record that was written in part once the next one succeeds', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'tensorboard-'));
  try {
    const file = path.join(directory, 'records');
    const handle = await open(file, 'ax');
    const append = handle.appendFile.bind(handle);
    const records = appendRecords(handle);
    await records.append(Uint8Array.of(1));
    vi.spyOn(handle, 'appendFile').mockImplementationOnce(async (record) => {
      await append((record as Uint8Array).subarray(0, 14));
      throw new Error('ENOSPC: no space left on device');
    });
    const failed = records.append(new Uint8Array(100));
    const next = records.append(Uint8Array.of(2, 3));
    await expect(failed).rejects.toThrow('ENOSPC');
    await next;
    await records.close();
    expect(readRecords(await readFile(file))).toEqual({ records: [Buffer.of(1), Buffer.of(2, 3)], rest: 0 });
  } finally {
    await rm(directory, { recursive: true });
  }
});
