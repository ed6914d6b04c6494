import { expect, test } from 'vitest';
import { placeImages } from './output-names.js';
import type { SourceImage } from './source-image.js';

const image = (domain: string, name: string): { image: SourceImage; split: 'train' } => ({
  image: {
    path: `${domain}/${name}`,
    domain,
    name,
    listedAs: [],
    stamp: () => Promise.resolve(''),
    open: () => Promise.reject(new Error('not opened')),
  },
  split: 'train',
});
const outputs = (images: readonly (readonly [string, string])[], known: Record<string, string> = {}): string[] =>
  placeImages(
    images.map(([domain, name]) => image(domain, name)),
    'png',
    new Map(Object.entries(known)),
  ).map(({ output }) => output);

test('names that differ in ending, case, composition or folder do not collide', () => {
  const made = outputs([
    ['cat', 'a.jpg'],
    ['cat', 'a.png'],
    ['cat', 'A.jpg'],
    ['cat', 'b\u00e9.jpg'],
    ['cat', 'be\u0301.jpg'],
    ['cat', 'x/1.jpg'],
    ['cat', 'x-1.jpg'],
    ['dog', 'a.jpg'],
  ]);
  expect(made.filter((output) => !/-[0-9a-f]{8}\.png$/.test(output))).toEqual([
    'train/cat/a.png',
    'train/cat/bé.png',
    'train/cat/x-1.png',
    'train/dog/a.png',
  ]);
  expect(new Set(made.map((output) => output.normalize('NFC').toLowerCase())).size).toBe(8);
});

test('a picture keeps the name that it has, and others do not take it', () => {
  const known = { 'cat/a.png': 'train/cat/a.png', 'cat/gone.jpg': 'val/cat/c.png' };
  expect(
    outputs(
      [
        ['cat', 'a.jpg'],
        ['cat', 'a.png'],
        ['cat', 'c.jpg'],
      ],
      known,
    ),
  ).toEqual([expect.stringMatching(/^train\/cat\/a-\w{8}\.png$/), 'train/cat/a.png', expect.stringMatching(/^train\/cat\/c-\w{8}\.png$/)]);
});

test('no name leads out of its folder', () => {
  expect(
    outputs([
      ['cat', '../../etc/pass.jpg'],
      ['cat', 'C:\\photos\\1.jpg'],
      ['cat', '/absolute/2.jpg'],
    ]),
  ).toEqual(['train/cat/etc-pass.png', 'train/cat/photos-1.png', 'train/cat/absolute-2.png']);
});

test('domains that differ in case alone are refused', () => {
  expect(() =>
    outputs([
      ['cat', '1.jpg'],
      ['Cat', '1.jpg'],
    ]),
  ).toThrow(/domains "Cat" and "cat" differ only in what some file systems ignore/);
});
