import { spawnSync } from 'node:child_process';
import type * as Files from 'node:fs/promises';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { FolderHeldError, lockFolder, type FolderLock } from './folder-lock.js';
import { thisProcess } from './process-identity.js';

/** What the next renaming waits for. */
let obstacle: Promise<void> | undefined;

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof Files>();
  return {
    ...original,
    async rename(from: string, to: string) {
      const wait = obstacle;
      obstacle = undefined;
      await wait;
      return original.rename(from, to);
    },
  };
});

const folder = useTemporaryFolder();

const lockRun = (run: string): Promise<FolderLock> =>
  lockFolder(run, { name: 'train.lock', heldBy: 'is being trained by', alternative: 'name another folder as --out' });

/** A run whose lock was left by a process that has ended. */
async function abandonedRun(name: string): Promise<string> {
  const run = path.join(folder(), name);
  await mkdir(run);
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(
    path.join(run, 'train.lock'),
    JSON.stringify({ formatVersion: 1, token: 'theirs', since: '2026-01-02T03:04:05.000Z', ...thisProcess(), pid }),
  );
  return run;
}

it('one that is slow to take a dead lock over does not take it from a quicker one', async () => {
  const run = await abandonedRun('slow');
  let proceed = (): void => undefined;
  obstacle = new Promise((resolve) => (proceed = resolve));
  const slow = lockRun(run);
  while (!(await readdir(run)).includes('train.lock.taking')) await new Promise(setImmediate);
  // Meets the slow one's intent as often as it looks, and gives up.
  const quick = await lockRun(run).then(
    () => undefined,
    (error: Error) => error,
  );
  proceed();
  const lock = await slow;
  await lock.requireHeld();
  expect(quick?.message).toContain('other processes want the same folder');
  await expect(lockRun(run)).rejects.toThrow(FolderHeldError);
  await lock.release();
  expect(await readdir(run)).toEqual([]);
});

it('one that was killed while it took a lock over keeps nobody out for good', async () => {
  const run = await abandonedRun('killed');
  const taking = `${path.join(run, 'train.lock')}.taking`;
  await writeFile(taking, '');
  const past = new Date(Date.now() - 60_000);
  await utimes(taking, past, past);
  await (await lockRun(run)).release();
  expect(await readdir(run)).toEqual([]);
});
