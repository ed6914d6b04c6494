import { expect, test } from 'vitest';
import { runScript } from './testing/run-script.mjs';

const soak = (...args) => runScript('soak.mjs', ...args);

test('properties are tried with another seed, and counted', async () => {
  const { code, stdout } = await soak('--minutes', '0', '--seed', '5', 'packages/random/');
  expect(stdout).toMatch(/^seed 5: passed, [1-9]\d{2,} cases in all\n1 runs of 1 files, [1-9]\d{2,} cases tried, nothing found\n$/);
  expect(code).toBe(0);
});

test('says what is wrong', async () => {
  expect(await soak('no such file')).toMatchObject({ code: 2, stderr: expect.stringContaining('no property test has no such file') });
  expect(await soak('--minutes', 'many')).toMatchObject({ code: 2, stderr: expect.stringContaining('--minutes must be a number') });
});
