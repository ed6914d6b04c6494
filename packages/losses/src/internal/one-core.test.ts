import { env } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { warnOfSecondCore } from './one-core.js';

const global = globalThis as Record<symbol, unknown>;
const warned = Symbol.for('@stargan/two-cores');

beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue());
afterEach(() => {
  vi.restoreAllMocks();
  delete global[warned];
});

test('one copy of tfjs-core is nothing to speak of', () => {
  warnOfSecondCore();
  expect(console.warn).not.toHaveBeenCalled();
});

test('a second copy is warned of once, by whichever package notices first', () => {
  const own = Object.getPrototypeOf(env()) as object;
  try {
    // What a copy of tfjs-core sees of the environment that another copy made: not its own class.
    Object.setPrototypeOf(env(), Object.create(null) as object);
    warnOfSecondCore();
    warnOfSecondCore();
  } finally {
    Object.setPrototypeOf(env(), own);
  }
  expect(console.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('two copies of @tensorflow/tfjs-core are loaded'));
});
