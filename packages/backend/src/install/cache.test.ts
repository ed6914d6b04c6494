import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fakeSystem } from '../testing/fake-system.js';
import { cacheRoot, withLock } from './cache.js';

test('the cache is in the home folder, in XDG_CACHE_HOME, or where STARGAN_CACHE_DIR says', () => {
  expect(cacheRoot(fakeSystem())).toBe('/home/someone/.cache/stargan');
  expect(cacheRoot(fakeSystem({ env: { XDG_CACHE_HOME: '/big' } }))).toBe('/big/stargan');
  expect(cacheRoot(fakeSystem({ env: { XDG_CACHE_HOME: '/big', STARGAN_CACHE_DIR: '/own' } }))).toBe('/own');
});

test('a relative XDG_CACHE_HOME is ignored, as its specification says, and a relative STARGAN_CACHE_DIR resolved', () => {
  expect(cacheRoot(fakeSystem({ env: { XDG_CACHE_HOME: 'relative' } }))).toBe('/home/someone/.cache/stargan');
  expect(cacheRoot(fakeSystem({ env: { STARGAN_CACHE_DIR: 'relative' } }))).toBe(join(process.cwd(), 'relative'));
});

test('a home folder is asked for only where nothing else names a place', () => {
  const homeless = (env: Record<string, string> = {}) => ({ ...fakeSystem({ env }), home: undefined });
  expect(cacheRoot(homeless({ STARGAN_CACHE_DIR: '/own' }))).toBe('/own');
  expect(cacheRoot(homeless({ XDG_CACHE_HOME: '/big' }))).toBe('/big/stargan');
  expect(() => cacheRoot(homeless())).toThrow(/no home folder\n.*STARGAN_CACHE_DIR/);
});

test('an empty variable counts as unset', () => {
  expect(cacheRoot(fakeSystem({ env: { XDG_CACHE_HOME: '', STARGAN_CACHE_DIR: '' } }))).toBe('/home/someone/.cache/stargan');
});

test('who finds the cache locked says so and goes on when it is free', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-lock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const events: string[] = [];
  let second: Promise<void> | undefined;
  await withLock(
    folder,
    () => events.push('first waits'),
    async () => {
      await new Promise<void>((waiting) => {
        const onWait = () => {
          events.push('second waits');
          waiting();
        };
        second = withLock(folder, onWait, () => Promise.resolve(void events.push('second')));
      });
      events.push('first');
    },
  );
  await second;
  expect(events).toEqual(['second waits', 'first', 'second']);
});

test('a lock whose owner was killed is free at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-lock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  mkdirSync(join(folder, 'install.lock'));
  writeFileSync(join(folder, 'install.owner'), `999999999 ${hostname()}`);
  const waits: string[] = [];
  expect(
    await withLock(
      folder,
      () => waits.push('waits'),
      () => Promise.resolve('in'),
    ),
  ).toBe('in');
  expect(waits).toEqual([]);
});

test('the lock is free again after a failure', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stargan-lock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const fail = () => Promise.reject(new Error('failed'));
  await expect(withLock(folder, () => undefined, fail)).rejects.toThrow('failed');
  expect(
    await withLock(
      folder,
      () => undefined,
      () => Promise.resolve('in'),
    ),
  ).toBe('in');
});
