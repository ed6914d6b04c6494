import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fakeSystem } from '../testing/fake-system.js';
import { cacheFolder, withLock } from './cache.js';

test('the cache is in the home folder, in XDG_CACHE_HOME, or where STARGAN_CACHE_DIR says', () => {
  expect(cacheFolder(fakeSystem())).toBe('/home/someone/.cache/stargan');
  expect(cacheFolder(fakeSystem({ env: { XDG_CACHE_HOME: '/big' } }))).toBe('/big/stargan');
  expect(cacheFolder(fakeSystem({ env: { XDG_CACHE_HOME: '/big', STARGAN_CACHE_DIR: '/own' } }))).toBe('/own');
});

test('an empty variable counts as unset', () => {
  expect(cacheFolder(fakeSystem({ env: { XDG_CACHE_HOME: '', STARGAN_CACHE_DIR: '' } }))).toBe('/home/someone/.cache/stargan');
});

test('who finds the cache locked says so and goes on when it is free', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-lock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const events: string[] = [];
  let second: Promise<void> | undefined;
  await withLock(folder, () => events.push('first waits'), async () => {
    await new Promise<void>((waiting) => {
      const onWait = () => {
        events.push('second waits');
        waiting();
      };
      second = withLock(folder, onWait, () => Promise.resolve(void events.push('second')));
    });
    events.push('first');
  });
  await second;
  expect(events).toEqual(['second waits', 'first', 'second']);
});

test('the lock is free again after a failure', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-lock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const fail = () => Promise.reject(new Error('failed'));
  await expect(withLock(folder, () => undefined, fail)).rejects.toThrow('failed');
  expect(await withLock(folder, () => undefined, () => Promise.resolve('in'))).toBe('in');
});
