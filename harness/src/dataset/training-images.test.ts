import { findTooManyBroken, ImageFileError } from '@stargan/data';
import { expect, test } from 'vitest';
import { describeLeftOut, describeNoted, withCommandLineRemedy } from './training-images.js';

test('an image that cannot be used comes with the remedy of the command line', () => {
  const ofApi = new ImageFileError('a.png', 'truncated', "repair or remove the file, or set onCorrupt: 'replace' to train without it");
  const ofGrid = new ImageFileError('a.png', 'not an image', 'convert or remove the file');
  expect((withCommandLineRemedy(ofApi) as Error).message).toBe(
    'a.png: truncated; repair or remove the file, or train without it: --set onCorrupt=replace',
  );
  expect((withCommandLineRemedy(ofGrid) as Error).message).toBe(
    'a.png: not an image; convert or remove the file, or train without it: --set onCorrupt=replace',
  );
});

test('too many broken images come with it as well, and other errors stay', () => {
  const files = ['1.png', '2.png', '3.png'];
  const broken = files.map((file) => ({ file, reason: 'torn', problem: 'damaged' as const, remedy: 'repair or remove the file' }));
  const error = findTooManyBroken({ directory: '.', domains: [{ name: 'cat', files }] }, broken, 0);
  expect((withCommandLineRemedy(error) as Error).message).toMatch(
    /^3 of the 3 images of "cat" are broken.*; repair or remove them, or raise the limit: --set corruptLimit=SHARE$/,
  );
  const other = new Error('no memory');
  expect(withCommandLineRemedy(other)).toBe(other);
});

test('an image that is left out is named so that people can read it', () => {
  const image = { file: 'caf\udce9.png', reason: 'of a kind that is not read', remedy: 'convert or remove the file' };
  expect(describeLeftOut(image)).toBe(String.raw`left out caf\xe9.png: of a kind that is not read; convert or remove the file`);
});

test('so is one that is used though it is odd', () => {
  expect(describeNoted({ file: 'dark.png', notes: ['all but black'] })).toBe('note: dark.png: all but black');
});
