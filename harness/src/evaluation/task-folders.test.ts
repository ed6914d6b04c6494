import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { taskFolders } from './task-folders.js';
import { listTasks } from '@stargan/training/evaluation';

const foldersOf = (names: readonly string[]): string[] => {
  const tasks = listTasks(names.length);
  return tasks.map(taskFolders(tasks, names));
};

describe('folders of tasks', () => {
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
});
