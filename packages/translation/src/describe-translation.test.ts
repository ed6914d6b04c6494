import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ImageFileError } from '@stargan/data';
import { describe, expect, it } from 'vitest';
import { describeFoundPictures, describeTranslation, reportTranslation } from './describe-translation.js';
import { planStyleFiles } from './plan-style-files.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import type { TranslatedFiles } from './translate-files.js';

const folder = useTemporaryFolder();
const style = { name: 'seed-1', domains: ['cat'], origin: 'seed 1', values: Float32Array.of(1) };
const translated: TranslatedFiles = {
  files: [{ source: 'a.jpg', style: 0, file: 'out/a.png' }],
  styles: [style],
  passedOver: [new ImageFileError('b.jpg', 'truncated', 'repair it', 'damaged')],
  kept: 2,
  fitted: 1,
  fit: 'pad',
  completed: true,
};

describe('describeTranslation', () => {
  it('says what was fitted, left and passed over, and nothing where there is nothing to say', () => {
    expect(describeTranslation(translated)).toEqual([
      '1 picture is not square: edges repeated to a square for the model, and cut off again',
      '2 results were there already',
      '1 picture passed over',
    ]);
    expect(describeTranslation({ ...translated, kept: 0, fitted: 0, passedOver: [] })).toEqual([]);
  });
});

describe('reportTranslation', () => {
  it('is plain data, with names in place of styles', () => {
    expect(JSON.parse(JSON.stringify(reportTranslation(translated)))).toEqual({
      files: [{ source: 'a.jpg', style: 'seed-1', file: 'out/a.png' }],
      styles: [{ name: 'seed-1', domains: ['cat'], origin: 'seed 1' }],
      passedOver: [{ file: 'b.jpg', problem: 'damaged', reason: 'truncated', remedy: 'repair it' }],
      kept: 2,
      fitted: 1,
      fit: 'pad',
      completed: true,
    });
  });
});

describe('describeFoundPictures', () => {
  it('counts results that were left out, and what is not read', () => {
    const found = {
      folder: 'photos',
      files: ['photos/a.jpg'],
      notes: [],
      passedOver: [{ file: 'photos/x.txt', kind: 'other' as const, called: '.txt' }],
    };
    expect(describeFoundPictures({ pictures: [], folders: [found], leftOut: 3 })).toEqual([
      'photos: 1 image; passed over: 1 other file (.txt 1)',
      '3 pictures in the folder of the results are left out',
    ]);
    expect(describeFoundPictures({ pictures: [], folders: [], leftOut: 0 })).toEqual([]);
  });
});

describe('planStyleFiles', () => {
  it('names the file of a single style as it is told, and those of several after them', async () => {
    const file = path.join(folder(), 'cats.safetensors');
    expect(await planStyleFiles(file, [style])).toEqual([file]);
    const named = (name: string): string => path.join(folder(), `cats-${name}.safetensors`);
    expect(
      await planStyleFiles(
        file,
        ['a', 'b/c', 'A'].map((name) => ({ name })),
      ),
    ).toEqual([named('a'), named('b_c'), named('A-2')]);
  });

  it('replaces a file only when it is told to', async () => {
    const file = path.join(folder(), 'there.safetensors');
    await writeFile(file, '');
    await expect(planStyleFiles(file, [style])).rejects.toThrow(`the style ${file} is there already; overwrite it`);
    expect(await planStyleFiles(file, [style], true)).toEqual([file]);
  });
});
