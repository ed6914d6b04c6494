import type * as Files from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { renameDurably, writeWholeFile } from './replace-file.js';

/** What was synced and renamed, in order. */
let done: string[] = [];
let directory = '';
const nameOf = (path: unknown): string => relative(directory, path as string) || '.';

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof Files>();
  return {
    ...original,
    async open(...given: Parameters<typeof Files.open>) {
      const handle = await original.open(...given);
      const sync = handle.sync.bind(handle);
      handle.sync = () => {
        done.push(`sync ${nameOf(given[0])}`);
        return sync();
      };
      return handle;
    },
    rename(from: string, to: string) {
      done.push(`rename ${nameOf(from)} to ${nameOf(to)}`);
      return original.rename(from, to);
    },
  };
});

beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'stargan-replace-'))));
afterAll(() => rm(directory, { recursive: true }));
beforeEach(() => (done = []));

describe.skipIf(process.platform === 'win32')('what is written aside', () => {
  it('is on the disk before it gets its name, and the name afterwards', async () => {
    await writeWholeFile(join(directory, 'file.txt'), 'new');
    expect(done).toEqual(['sync file.txt.partial', 'rename file.txt.partial to file.txt', 'sync .']);
    expect(await readFile(join(directory, 'file.txt'), 'utf8')).toBe('new');
  });

  it('is synced with everything in it where it is a folder', async () => {
    const aside = join(directory, '.folder');
    await mkdir(join(aside, 'inner'), { recursive: true });
    for (const name of ['a', 'inner/b']) await writeFile(join(aside, name), name);
    await renameDurably(aside, join(directory, 'folder'));
    // Files side by side are synced together.
    expect(done.slice(0, 3).sort()).toEqual(['sync .folder/a', 'sync .folder/inner', 'sync .folder/inner/b']);
    expect(done.slice(3)).toEqual(['sync .folder', 'rename .folder to folder', 'sync .']);
    expect(await readdir(join(directory, 'folder'))).toEqual(['a', 'inner']);
  });

  it('leaves nothing beside the old file when it cannot be written', async () => {
    const file = join(directory, 'kept.txt');
    await writeWholeFile(file, 'old');
    const failing = writeWholeFile(file, () => Promise.reject(new Error('no space left')));
    await expect(failing).rejects.toThrow('no space left');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect((await readdir(directory)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });
});
