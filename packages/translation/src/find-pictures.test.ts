import { execFileSync } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPictures } from './find-pictures.js';
import { RequestError } from './request-error.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { writeRamp } from './testing/pictures.js';

const folder = useTemporaryFolder(async (created) => {
  for (const name of ['b.png', 'a.png', 'deep/c.png']) await writeRamp(path.join(created, 'photos', name));
  await writeRamp(path.join(created, 'other', 'a.png'));
  await mkdir(path.join(created, 'empty'));
});
const at = (...parts: string[]): string => path.join(folder(), ...parts);
const names = async (...paths: string[]): Promise<string[]> => (await findPictures(paths)).pictures.map(({ name }) => name);

describe('findPictures', () => {
  it('takes files in the order given, and folders at any depth', async () => {
    expect(await names(at('other', 'a.png'), at('photos'))).toEqual(['a.png', 'a.png', 'b.png', 'deep/c.png']);
  });

  it('tells several folders apart by their names', async () => {
    expect(await names(at('photos'), at('other'))).toEqual(['photos/a.png', 'photos/b.png', 'photos/deep/c.png', 'other/a.png']);
  });

  it('takes each picture once', async () => {
    expect(await names(at('photos', 'b.png'), at('photos'), at('photos', 'deep', '..', 'b.png'))).toEqual(['b.png', 'a.png', 'deep/c.png']);
  });

  it('passes over what operating systems leave and pipes in folders, and says so', async () => {
    await mkdir(at('messy', '@eaDir'), { recursive: true });
    await writeRamp(at('messy', '@eaDir', 'a.png'));
    await writeRamp(at('messy', 'a.png'));
    await writeFile(at('messy', 'notes.txt'), 'no picture');
    execFileSync('mkfifo', [at('messy', 'pipe.png')]);
    const { pictures, folders } = await findPictures([at('messy')]);
    expect(pictures.map(({ name }) => name)).toEqual(['a.png']);
    expect(folders[0]?.passedOver.map(({ kind }) => kind).sort()).toEqual(['other', 'special', 'system']);
  });

  it('finds names that are not UTF-8', async () => {
    const file = await writeRamp(at('latin', 'name.png'));
    await rename(file, Buffer.concat([Buffer.from(`${at('latin')}/caf`), Buffer.of(0xe9), Buffer.from('.png')]));
    expect(await names(at('latin'))).toEqual(['caf\udce9.png']);
  });

  it('leaves out results that lie among the pictures', async () => {
    await writeRamp(at('both', 'a.png'));
    await writeRamp(at('both', 'out', 'a.png'));
    const { pictures, leftOut } = await findPictures([at('both')], at('both', 'out'));
    expect(pictures.map(({ name }) => name)).toEqual(['a.png']);
    expect(leftOut).toBe(1);
    await expect(findPictures([at('both')], at('both'))).rejects.toThrow('the results would lie among the pictures');
    await expect(findPictures([at('both', 'out')], at('both', 'out', '..'))).rejects.toThrow('holds no pictures but results');
  });

  it.each([
    ['absent.png', 'does not exist; check the path'],
    ['empty', 'holds no pictures; check the path'],
    ['caf\ufffd.png', 'the command line can only name what is UTF-8'],
    [path.join('other', 'a.png', 'b.png'), 'does not exist; check the path'],
  ])('refuses %s before anything is done', async (name, message) => {
    await expect(findPictures([at('other'), at(name)])).rejects.toThrow(RequestError);
    await expect(findPictures([at(name)])).rejects.toThrow(message);
  });
});
