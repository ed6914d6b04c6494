import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listDomains, openDataset } from './dataset.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

async function filled(...files: string[]): Promise<string> {
  const directory = await temporaryDirectory();
  for (const file of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), '');
  }
  return directory;
}

describe('openDataset', () => {
  test('opens domain folders without validation', async () => {
    const directory = await filled('cat/1.png', 'dog/1.png');
    const { train, validation } = await openDataset(directory);
    expect(train.domains.map(({ name }) => name)).toEqual(['cat', 'dog']);
    expect(validation).toBeUndefined();
    expect(await listDomains(directory)).toEqual(['cat', 'dog']);
  });

  test('opens train/ and val/', async () => {
    const directory = await filled('train/cat/1.png', 'train/cat/2.png', 'train/dog/1.png', 'train/dog/2.png', 'val/cat/9.png', 'val/dog/9.png');
    const { train, validation } = await openDataset(directory, { minimumImages: 2 });
    expect(train.domains.map(({ files }) => files.length)).toEqual([2, 2]);
    expect(validation?.domains.map(({ files }) => files)).toEqual([[join(directory, 'val', 'cat', '9.png')], [join(directory, 'val', 'dog', '9.png')]]);
    expect(await listDomains(directory)).toEqual(['cat', 'dog']);
  });

  test('opens train/ alone, and next to other folders', async () => {
    expect((await openDataset(await filled('train/cat/1.png'))).validation).toBeUndefined();
    const { train } = await openDataset(await filled('train/cat/1.png', 'test/cat/1.png'));
    expect(train.domains.map(({ name }) => name)).toEqual(['cat']);
  });

  test('takes a folder "train" of images among others for a domain', async () => {
    const { train } = await openDataset(await filled('boat/1.png', 'train/1.png'));
    expect(train.domains.map(({ name }) => name)).toEqual(['boat', 'train']);
  });

  test('refuses splits whose domains differ, or hold images directly', async () => {
    await expect(openDataset(await filled('train/cat/1.png', 'train/dog/1.png', 'val/cat/1.png', 'val/dogs/1.png'))).rejects.toThrow(
      /val\/ must hold the domains of train\/ \(cat, dog\), got cat, dogs; rename/,
    );
    await expect(openDataset(await filled('train/1.png', 'val/1.png'))).rejects.toThrow(/train holds images \(1\.png, …\) but no domain folders/);
    await expect(openDataset(await filled('train/cat/1.png', 'val/cat/none.txt'))).rejects.toThrow(/domain "cat" .* holds no images/);
    await expect(openDataset(join(await temporaryDirectory(), 'nowhere'))).rejects.toThrow('does not exist');
  });
});
