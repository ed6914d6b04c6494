import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listImages, openImageFolders } from './image-folders.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

async function filled(...files: string[]): Promise<string> {
  const directory = await temporaryDirectory();
  for (const file of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), '');
  }
  return directory;
}

describe('openImageFolders', () => {
  test('labels domains by the code-unit order of their names', async () => {
    const { domains } = await openImageFolders(await filled('ä/1.png', 'b/1.png', 'a/1.png', 'B/1.png', '10/1.png', '9/1.png'));
    expect(domains.map(({ name }) => name)).toEqual(['10', '9', 'B', 'a', 'b', 'ä']);
  });

  test('finds images of every extension, in any case, at any depth, sorted, and leaves out the rest', async () => {
    const directory = await filled(
      'cat/b.jpg', 'cat/a.JPEG', 'cat/c.Png', 'cat/deep/er/d.webp', 'cat/notes.txt', 'cat/e.gif', 'cat/.hidden.png',
      'cat/._b.jpg', 'cat/.thumbnails/f.png', 'dog/1.png', '.cache/1.png', 'readme.md', 'attributes.jsonl',
    );
    const { domains } = await openImageFolders(directory);
    expect(domains.map(({ name }) => name)).toEqual(['cat', 'dog']);
    expect(domains[0]!.files.map((file) => relative(join(directory, 'cat'), file))).toEqual([
      'a.JPEG', 'b.jpg', 'c.Png', join('deep', 'er', 'd.webp'),
    ]);
  });

  test('follows links, and ends where they lead in circles', async () => {
    const directory = await filled('cat/1.png', 'elsewhere/2.png', 'elsewhere/3.png');
    await symlink(directory, join(directory, 'cat', 'everything'));
    await symlink('.', join(directory, 'cat', 'itself'));
    await symlink('missing.png', join(directory, 'cat', 'broken.png'));
    await symlink(join(directory, 'elsewhere'), join(directory, 'linked'));
    const { domains } = await openImageFolders(directory);
    expect(domains.map(({ name }) => name)).toEqual(['cat', 'elsewhere', 'linked']);
    expect(domains[2]!.files).toHaveLength(2);
    // Its own, the broken link (which decoding will name) and the linked ones, each once.
    const names = domains[0]!.files.map((file) => relative(join(directory, 'cat'), file));
    expect(names).toEqual(['1.png', 'broken.png', 'everything/elsewhere/2.png', 'everything/elsewhere/3.png']);
  });

  test('says what is wrong with a directory', async () => {
    const empty = await temporaryDirectory();
    await expect(openImageFolders(join(empty, 'nowhere'))).rejects.toThrow(/nowhere does not exist; check the path/);
    await expect(openImageFolders(empty)).rejects.toThrow('holds no domain folders; make one folder per domain');
    const flat = await filled('a.png', 'b.png');
    await expect(openImageFolders(flat)).rejects.toThrow('holds images (a.png, …) but no domain folders; make one folder per domain in it');
    await expect(openImageFolders(join(flat, 'a.png'))).rejects.toThrow('is not a directory');
  });

  test('names a domain with no or too few images', async () => {
    const directory = await filled('cat/1.png', 'cat/2.png', 'dog/note.txt');
    await expect(openImageFolders(directory)).rejects.toThrow(/domain "dog" \(.*dog\) holds no images/);
    const few = await filled('cat/1.png', 'cat/2.png', 'dog/1.png');
    await expect(openImageFolders(few, { minimumImages: 2 })).rejects.toThrow(/domain "dog" \(.*\) must hold at least 2 images, got 1/);
  });
});

describe('listImages', () => {
  test('finds the images of one folder as openImageFolders does within a domain', async () => {
    const directory = await filled('cat/b.jpg', 'cat/deep/a.PNG', 'cat/notes.txt', 'cat/.hidden.png');
    const { domains } = await openImageFolders(directory);
    expect(await listImages(join(directory, 'cat'))).toEqual(domains[0]!.files);
    expect(domains[0]!.files).toHaveLength(2);
  });

  test('has nothing to say of an empty folder, and refuses what is none', async () => {
    const directory = await filled('notes.txt');
    expect(await listImages(directory)).toEqual([]);
    await expect(listImages(join(directory, 'absent'))).rejects.toThrow(/listImages: .*absent does not exist; check the path/);
    await expect(listImages(join(directory, 'notes.txt'))).rejects.toThrow(/notes\.txt is not a directory/);
  });
});
