import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/**
 * Gives the tests of a file a temporary folder of their own, removed after the last one.
 *
 * @param prepare runs in the folder before the first test
 * @returns the folder's path, once tests run
 */
export function useTemporaryFolder(prepare: (folder: string) => Promise<void> = () => Promise.resolve()): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stargan-translation-'));
    await prepare(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
