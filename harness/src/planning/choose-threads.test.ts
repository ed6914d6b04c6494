import { expect, it } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import { chooseThreads } from './choose-threads.js';

it('takes one thread for small networks and all cores for those of the paper', async () => {
  expect(chooseThreads(await resolveConfig({ preset: 'demo' }))).toBe(1);
  expect(chooseThreads(await resolveConfig({ overrides: { imageSize: 64, batch: 1 } }))).toBeUndefined();
  expect(chooseThreads(await resolveConfig({ preset: 'afhq' }))).toBeUndefined();
});
