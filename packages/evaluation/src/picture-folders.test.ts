import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { describe, expect, it } from 'vitest';
import { openPictureFolders, pictureName } from './picture-folders.js';

const folder = useTemporaryFolder();

describe('folders of pictures', () => {
  it('are complete when all pictures are there and of this evaluation', async () => {
    const root = path.join(folder(), 'complete');
    const [task, other] = ['latent/dog2cat', 'latent/cat2dog'] as const;
    const open = (identity: string): ReturnType<typeof openPictureFolders> => openPictureFolders(root, identity, [task, other]);
    const first = await open('one');
    await first.begin(task);
    for (let output = 0; output < 3; output++) await writeFile(path.join(first.folderOf(task), pictureName(0, output)), 'x');
    expect(await first.isComplete(task)).toBe(false);
    await first.finish(task, 3);
    expect([
      await first.isComplete(task),
      await (await open('one')).isComplete(task),
      await (await open('two')).isComplete(task),
      await first.isComplete(other),
    ]).toEqual([true, true, false, false]);
    await writeFile(path.join(first.folderOf(task), '0000_03.png.new'), 'half');
    expect(await first.isComplete(task)).toBe(false);
    await (await open('two')).begin(task);
    expect(await readdir(first.folderOf(task))).toEqual([]);
  });

  it('are refused with anything else in them, or where what they are of cannot be told', async () => {
    const root = path.join(folder(), 'foreign');
    await mkdir(path.join(root, 'latent', 'cat2dog'), { recursive: true });
    await writeFile(path.join(root, 'latent', 'cat2dog', '.DS_Store'), '');
    const open = (): ReturnType<typeof openPictureFolders> => openPictureFolders(root, 'one', ['latent/cat2dog']);
    await open();
    await writeFile(path.join(root, 'latent', 'cat2dog', 'IMG_0001.png'), '');
    await expect(open()).rejects.toThrow(/cat2dog holds IMG_0001\.png, not written by an evaluation/);
    await writeFile(path.join(folder(), 'file'), '');
    await expect(openPictureFolders(path.join(folder(), 'file'), 'one', ['latent/cat2dog'])).rejects.toThrow(/cannot be used for pictures/);
    const damaged = path.join(folder(), 'damaged');
    await mkdir(damaged);
    await writeFile(path.join(damaged, 'stargan-pictures.json'), '{');
    await expect(openPictureFolders(damaged, 'one', ['latent/cat2dog'])).rejects.toThrow(/stargan-pictures\.json is damaged/);
  });
});
