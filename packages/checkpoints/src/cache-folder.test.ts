import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { cacheFolder, findCacheFolder } from './cache-folder.js';

const home = path.resolve('/home/someone');
const big = path.resolve('/big');

afterEach(() => void vi.unstubAllEnvs());

it('is where the environment says, else in the cache of the user', () => {
  expect(findCacheFolder({ env: {}, home })).toBe(path.join(home, '.cache', 'stargan'));
  expect(findCacheFolder({ env: { XDG_CACHE_HOME: big }, home })).toBe(path.join(big, 'stargan'));
  expect(findCacheFolder({ env: { XDG_CACHE_HOME: big, STARGAN_CACHE_DIR: 'own' }, home })).toBe(path.resolve('own'));
  expect(findCacheFolder({ env: { XDG_CACHE_HOME: 'relative', STARGAN_CACHE_DIR: '' }, home })).toBe(path.join(home, '.cache', 'stargan'));
});

it('is nowhere for a user without a home whom the environment names no folder for', () => {
  expect(findCacheFolder({ env: {}, home: undefined })).toBeUndefined();
  expect(findCacheFolder({ env: { XDG_CACHE_HOME: big }, home: undefined })).toBe(path.join(big, 'stargan'));
});

it('has folders by name', () => {
  vi.stubEnv('STARGAN_CACHE_DIR', big);
  expect(cacheFolder('weights')).toBe(path.join(big, 'weights'));
});
