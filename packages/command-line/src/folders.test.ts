import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { describe, expect, it } from 'vitest';
import { holds, requireFolder, requireWritable, resolveLinks } from './folders.js';
import { UsageError } from './usage-error.js';

const folder = useTemporaryFolder(async (created) => {
  await mkdir(path.join(created, 'flat'));
  await symlink(path.join(created, 'flat'), path.join(created, 'link'));
  await writeFile(path.join(created, 'file'), '');
});

const at = (...parts: string[]): string => path.join(folder(), ...parts);

describe('requireWritable', () => {
  it('accepts a folder that is there or can be made', async () => {
    await requireWritable('--out', at('flat'));
    await requireWritable('--out', at('flat/b/c/d'));
  });

  it('refuses a file, and a folder below one', async () => {
    for (const name of ['file', 'file/run'])
      await expect(requireWritable('--out', at(name))).rejects.toThrow(/^--out .*file.* is a file, not a folder; name another$/);
  });

  it.each([
    ['EROFS', 'its disk is read-only'],
    ['EACCES', 'there is no permission to write to it'],
  ])('names the reason behind %s', async (code, reason) => {
    const refuse = (): Promise<void> => Promise.reject(Object.assign(new Error(code), { code }));
    await expect(requireWritable('--out', at('flat/run'), refuse)).rejects.toThrow(
      new UsageError(`--out ${at('flat/run')} cannot be written: ${reason}; name a folder elsewhere`),
    );
  });
});

describe('requireFolder', () => {
  it('accepts a folder, and says what else there is', async () => {
    await requireFolder('--data', at('link'));
    await expect(requireFolder('--data', at('absent'))).rejects.toThrow(
      new UsageError(`--data ${at('absent')} does not exist; check the path`),
    );
    await expect(requireFolder('--data', at('file'))).rejects.toThrow(/ is not a folder; name the folder/);
  });
});

describe('a folder within another', () => {
  it('is found through links, and where it does not exist yet', async () => {
    const flat = await resolveLinks(at('flat'));
    expect(holds(flat, await resolveLinks(at('link/new/run')))).toBe(true);
    expect(holds(flat, flat)).toBe(true);
    expect(holds(flat, await resolveLinks(at('flat2')))).toBe(false);
    expect(holds(flat, await resolveLinks(at('..flat')))).toBe(false);
  });
});
