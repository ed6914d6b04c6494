import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataset } from '../dataset.js';
import { writeDemoImages } from '../demo-images.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { compareFingerprints, describeFingerprintDifference, fingerprintDataset } from './fingerprint.js';

test('tells images of another content apart on request, and only where both fingerprints hold hashes', async () => {
  const directory = await temporaryDirectory();
  await writeDemoImages(directory, { imagesPerDomain: 2, validationPerDomain: 1, imageSize: 8, domains: ['circle'] });
  const take = async (contents: boolean) => fingerprintDataset(directory, await openDataset(directory), { contents });
  const [bySize, byContent] = [await take(false), await take(true)];
  expect(Object.keys(bySize.files)).toEqual(['train/circle/00001.png', 'train/circle/00002.png', 'val/circle/00001.png']);
  const file = join(directory, 'train', 'circle', '00002.png');
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  expect(compareFingerprints(bySize, await take(false))).toBeUndefined();
  expect(compareFingerprints(bySize, await take(true))).toBeUndefined();
  expect(compareFingerprints(byContent, await take(true))).toEqual({ added: [], removed: [], changed: ['train/circle/00002.png'] });
});

test('a difference is described by its first names', () => {
  const added = ['a.png', 'b.png', 'c.png', 'd.png'];
  expect(describeFingerprintDifference({ added, removed: ['e.png'], changed: [] })).toBe(
    '4 images added (a.png, b.png, c.png, …), 1 removed (e.png)',
  );
});
