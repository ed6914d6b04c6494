import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../testing/small-run.js';
import { openPictureFolders, pictureName, taskFolders } from './picture-folders.js';
import { listTasks } from '@stargan/training/evaluation';

const folder = useTemporaryFolder();

const foldersOf = (names: readonly string[]): string[] => {
  const tasks = listTasks(names.length);
  return tasks.map(taskFolders(tasks, names));
};

describe('folders of pictures', () => {
  it('are named by source and target', () => {
    expect(foldersOf(['cat', 'dog'])).toEqual(
      ['latent/dog2cat', 'reference/dog2cat', 'latent/cat2dog', 'reference/cat2dog'].map((name) => path.normalize(name)),
    );
  });

  it.each([[['cat', 'cat2cat']], [['2', '22']], [['1', '2', '12', '22']], [['a', 'a2a', 'A2a2a']], [['0-x', 'x', '0']]])(
    'are distinct for the domains %j',
    (names) => {
      const folders = foldersOf(names);
      expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(folders.length);
    },
  );

  it('have the numbers of all domains where two tasks would share a name', () => {
    expect(foldersOf(['cat', 'cat2cat'])[0]).toBe(path.normalize('latent/1-cat2cat-to-0-cat'));
  });

  it('are complete when all pictures are there and of this evaluation', async () => {
    const root = path.join(folder(), 'complete');
    const tasks = listTasks(2);
    const task = tasks[0]!;
    const open = (identity: string): ReturnType<typeof openPictureFolders> => openPictureFolders(root, identity, tasks, ['cat', 'dog']);
    const first = await open('one');
    await first.begin(task);
    for (let output = 0; output < 3; output++) await writeFile(path.join(first.folderOf(task), pictureName(0, output)), 'x');
    expect(await first.isComplete(task)).toBe(false);
    await first.finish(task, 3);
    expect([
      await first.isComplete(task),
      await (await open('one')).isComplete(task),
      await (await open('two')).isComplete(task),
      await first.isComplete(tasks[1]!),
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
    const open = (): ReturnType<typeof openPictureFolders> => openPictureFolders(root, 'one', listTasks(2), ['cat', 'dog']);
    await open();
    await writeFile(path.join(root, 'latent', 'cat2dog', 'IMG_0001.png'), '');
    await expect(open()).rejects.toThrow(/cat2dog holds IMG_0001\.png, not written by an evaluation/);
    await writeFile(path.join(folder(), 'file'), '');
    await expect(openPictureFolders(path.join(folder(), 'file'), 'one', listTasks(2), ['cat', 'dog'])).rejects.toThrow(
      /cannot be used for pictures/,
    );
    const damaged = path.join(folder(), 'damaged');
    await mkdir(damaged);
    await writeFile(path.join(damaged, 'stargan-pictures.json'), '{');
    await expect(openPictureFolders(damaged, 'one', listTasks(2), ['cat', 'dog'])).rejects.toThrow(/stargan-pictures\.json is damaged/);
  });
});
