import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportDataset } from './dataset-report.js';
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
    const directory = await filled(
      'train/cat/1.png',
      'train/cat/2.png',
      'train/dog/1.png',
      'train/dog/2.png',
      'val/cat/9.png',
      'val/dog/9.png',
    );
    const { train, validation } = await openDataset(directory, { minimumImages: 2 });
    expect(train.domains.map(({ files }) => files.length)).toEqual([2, 2]);
    expect(validation?.domains.map(({ files }) => files)).toEqual([
      [join(directory, 'val', 'cat', '9.png')],
      [join(directory, 'val', 'dog', '9.png')],
    ]);
    expect(await listDomains(directory)).toEqual(['cat', 'dog']);
  });

  test('opens train/ alone, and next to other folders', async () => {
    expect((await openDataset(await filled('train/cat/1.png'))).validation).toBeUndefined();
    const { train, notes } = await openDataset(await filled('train/cat/1.png', 'train/dog/1.png', 'extra/cat/1.png'));
    expect(train.domains.map(({ name }) => name)).toEqual(['cat', 'dog']);
    expect(notes).toEqual(['extra/ beside train/ is not read']);
  });

  test('takes a folder "train" of images among others for a domain', async () => {
    const { train } = await openDataset(await filled('boat/1.png', 'train/1.png'));
    expect(train.domains.map(({ name }) => name)).toEqual(['boat', 'train']);
  });

  test('refuses splits whose domains differ, or hold images directly', async () => {
    await expect(openDataset(await filled('train/cat/1.png', 'train/dog/1.png', 'val/cat/1.png', 'val/dogs/1.png'))).rejects.toThrow(
      /val\/ must hold the domains of train\/ \(cat, dog\), got cat, dogs; rename/,
    );
    await expect(openDataset(await filled('train/1.png', 'val/1.png'))).rejects.toThrow(
      /train holds images \(1\.png, …\) but no domain folders/,
    );
    await expect(openDataset(await filled('train/cat/1.png', 'val/cat/none.txt'))).rejects.toThrow(/domain "cat" .* holds no images/);
    await expect(openDataset(join(await temporaryDirectory(), 'nowhere'))).rejects.toThrow('does not exist');
  });

  test.each([
    ['test', ['test/ is used for validation']],
    ['valid', ['valid/ is used for validation']],
    ['validation', ['validation/ is used for validation']],
    ['val', []],
  ])('validates with %s/ and says so', async (name, expected) => {
    const { validation, notes } = await openDataset(await filled('train/a/1.png', 'train/b/1.png', `${name}/a/1.png`, `${name}/b/1.png`));
    expect(basename(validation!.directory)).toBe(name);
    expect(notes).toEqual(expected);
  });

  test('prefers val/ to test/, and says that the other is not read', async () => {
    const splits = ['train', 'val', 'test'].flatMap((split) => [`${split}/a/1.png`, `${split}/b/1.png`]);
    const { validation, notes } = await openDataset(await filled(...splits));
    expect(basename(validation!.directory)).toBe('val');
    expect(notes).toEqual(['test/ is not read: val/ is there for validation']);
  });

  test('leaves out a test/ of another kind, and says why', async () => {
    const { validation, notes } = await openDataset(await filled('train/a/1.png', 'train/b/1.png', 'test/1.png', 'test/2.png'));
    expect(validation).toBeUndefined();
    expect(notes).toEqual([
      expect.stringMatching(/^test\/ is not used for validation: .*test holds images \(1\.png, …\) but no domain folders/),
    ]);
  });

  test('takes the splits in another case, unless a domain is beside them', async () => {
    const { train, validation, notes } = await openDataset(await filled('Train/a/1.png', 'Train/b/1.png', 'Val/a/1.png', 'Val/b/1.png'));
    expect(train.domains.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(basename(validation!.directory)).toBe('Val');
    expect(notes).toEqual(['Train/ is read as train/', 'Val/ is used for validation']);
    const boats = await openDataset(await filled('Train/steam/1.png', 'Boat/1.png'));
    expect(boats.train.domains.map(({ name }) => name)).toEqual(['Boat', 'Train']);
  });

  test.each([
    [
      'the layout of CycleGAN',
      ['trainA/1.png', 'trainB/1.png', 'testA/1.png', 'testB/1.png'],
      /has the layout of CycleGAN \(testA, testB, trainA, trainB\).*move trainA and trainB to train\/A and train\/B, and what is for testing to val\/A/,
    ],
    [
      'a folder too high',
      ['photos/a/1.png', 'photos/b/1.png'],
      /holds one folder, photos, which holds folders itself \(a\/, b\/\).*give .*photos if these are the domains/,
    ],
    ['a folder above the splits', ['afhq/train/a/1.png', 'afhq/test/a/1.png'], /holds one folder, afhq, .*give .*afhq/],
    ['a folder between the split and the domains', ['train/photos/a/1.png', 'train/photos/b/1.png'], /train holds one folder, photos/],
    ['splits without train', ['val/a/1.png', 'test/a/1.png'], /holds test\/, val\/ but no train\//],
    ['train/ and test/ full of images', ['train/1.png', 'test/1.png'], /train holds images \(1\.png, …\) but no domain folders/],
    ['train in two cases', ['train/a/1.png', 'Train/a/1.png'], /holds Train and train, which differ in case alone/],
  ])('refuses %s with a remedy', async (_, files, message) => {
    await expect(openDataset(await filled(...files))).rejects.toThrow(message);
  });

  test('takes a single domain, with folders inside or not, and says that it is one', async () => {
    const one = ['there is one domain only: nothing to translate between'];
    expect((await openDataset(await filled('cat/1.png'))).notes).toEqual(one);
    expect((await openDataset(await filled('cat/1.png', 'cat/more/2.png', 'cat/most/3.png'))).notes).toEqual(one);
  });
});

describe('reportDataset', () => {
  test('counts images by split and domain, and what is not read', async () => {
    const directory = await filled(
      'train/a/1.png',
      'train/a/2.png',
      'train/a/notes.txt',
      'train/b/1.png',
      'test/a/1.png',
      'test/b/1.png',
      'lost+found/x',
    );
    expect(reportDataset(await openDataset(directory))).toEqual({
      directory,
      splits: [
        {
          split: 'train',
          directory: join(directory, 'train'),
          images: 3,
          domains: [
            { name: 'a', images: 2 },
            { name: 'b', images: 1 },
          ],
          passedOver: [
            { kind: 'other', count: 1, called: { '.txt': 1 } },
            { kind: 'system', count: 1, called: { 'lost+found': 1 } },
          ],
        },
        {
          split: 'validation',
          directory: join(directory, 'test'),
          images: 2,
          domains: [
            { name: 'a', images: 1 },
            { name: 'b', images: 1 },
          ],
          passedOver: [],
        },
      ],
      notes: ['test/ is used for validation'],
    });
  });
});
