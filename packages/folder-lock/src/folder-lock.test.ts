import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { FolderHeldError, isFolderHeld, lockFolder, type FolderLock } from './folder-lock.js';
import { isRunning, thisProcess, type ProcessIdentity } from './process-identity.js';

const folder = useTemporaryFolder();

const lockRun = (run: string): Promise<FolderLock> =>
  lockFolder(run, { name: 'train.lock', heldBy: 'is being trained by', alternative: 'name another folder as --out' });

let count = 0;

async function runFolder(): Promise<string> {
  const run = path.join(folder(), `run-${count++}`);
  await mkdir(run);
  return run;
}

/** Puts a lock there as another process would have left it. */
async function leaveLock(run: string, holder: Partial<ProcessIdentity>, secondsAgo = 0): Promise<void> {
  const file = path.join(run, 'train.lock');
  await writeFile(
    file,
    JSON.stringify({ formatVersion: 1, token: 'theirs', since: '2026-01-02T03:04:05.000Z', ...thisProcess(), ...holder }),
  );
  const time = new Date(Date.now() - 1000 * secondsAgo);
  await utimes(file, time, time);
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid!;
}

describe('the lock of a run', () => {
  it('refuses a second holder, naming process, machine and time, and lets one in afterwards', async () => {
    const run = await runFolder();
    const lock = await lockRun(run);
    await expect(lockRun(run)).rejects.toThrow(FolderHeldError);
    await expect(lockRun(run)).rejects.toThrow(
      new RegExp(
        `${run} is being trained by process ${process.pid} on .* \\(since 20.*\\); wait for it to end, or name another folder as --out`,
      ),
    );
    await lock.release();
    expect(await readdir(run)).toEqual([]);
    await (await lockRun(run)).release();
  });

  it('is seen by others while it is held, who write nothing to see it', async () => {
    const run = await runFolder();
    const isHeld = (): Promise<boolean> => isFolderHeld(run, { name: 'train.lock' });
    expect(await isHeld()).toBe(false);
    const lock = await lockRun(run);
    expect([await isHeld(), await isFolderHeld(run)]).toEqual([true, false]);
    await lock.release();
    expect(await isHeld()).toBe(false);
    await leaveLock(run, { pid: await deadProcess() });
    expect(await isHeld()).toBe(false);
    await leaveLock(run, { host: 'elsewhere' }, 60);
    expect(await isHeld()).toBe(true);
    await leaveLock(run, { host: 'elsewhere' }, 200);
    expect(await isHeld()).toBe(false);
    expect(await readdir(run)).toEqual(['train.lock']);
  });

  it('is taken over from a process that was killed', async () => {
    const run = await runFolder();
    await leaveLock(run, { pid: await deadProcess() });
    const lock = await lockRun(run);
    expect(JSON.parse(await readFile(path.join(run, 'train.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it.runIf(process.platform === 'linux')('is taken over where another process has the number by now', async () => {
    const run = await runFolder();
    await leaveLock(run, { started: '1' });
    await (await lockRun(run)).release();
  });

  it.each([
    ['another machine', { host: 'elsewhere' }],
    ['another start of the machine', { boot: 'before' }],
    ['another container', { pidNamespace: 'pid:[1]' }],
  ])('of a process on %s is respected while it gives signs of life, and not after minutes without', async (_, holder) => {
    const run = await runFolder();
    await leaveLock(run, holder, 60);
    await expect(lockRun(run)).rejects.toThrow(
      /last sign of life is 1m\d\ds? old; .*; if it was killed, try again 3m00s after that sign, or remove .*train\.lock/,
    );
    await leaveLock(run, holder, 181);
    await (await lockRun(run)).release();
  });

  it('that cannot be read is respected as long', async () => {
    const run = await runFolder();
    await writeFile(path.join(run, 'train.lock'), '{"pid": 1');
    await expect(lockRun(run)).rejects.toThrow(
      /is held by a lock that cannot be read; remove .*train\.lock when no process uses the folder/,
    );
    const past = new Date(Date.now() - 181_000);
    await utimes(path.join(run, 'train.lock'), past, past);
    await (await lockRun(run)).release();
  });

  it('tells its holder when another process has taken the run over, and is not taken away from that one', async () => {
    const run = await runFolder();
    const lock = await lockRun(run);
    await lock.requireHeld();
    await leaveLock(run, { pid: 7, host: 'elsewhere' });
    await expect(lock.requireHeld()).rejects.toThrow(
      /process 7 on elsewhere .* has taken the folder over; this process writes nothing more to it/,
    );
    await lock.release();
    expect(await readFile(path.join(run, 'train.lock'), 'utf8')).toContain('elsewhere');
  });

  it('is won by exactly one of several that find the same dead holder', async () => {
    const run = await runFolder();
    await leaveLock(run, { pid: await deadProcess() });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(run)));
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]!.value.release();
    expect(await readdir(run)).toEqual([]);
  });
});

describe('a process', () => {
  it('is known to run, or to have ended, only from where its number counts', async () => {
    expect(isRunning(thisProcess())).toBe(process.platform === 'linux' ? true : undefined);
    expect(isRunning({ ...thisProcess(), pid: await deadProcess() })).toBe(false);
    expect(isRunning({ ...thisProcess(), host: 'elsewhere' })).toBeUndefined();
  });
});
