import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** Gives the tests of a file a temporary folder of their own, removed after the last one. */
export function useTemporaryFolder(): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stargan-exchange-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
