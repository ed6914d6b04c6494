import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageCache } from './image-cache.js';
import { noiseImage, writePng } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

async function threeFiles(): Promise<string[]> {
  const directory = await temporaryDirectory();
  const files = ['a.png', 'b.png', 'c.png'].map((name) => join(directory, name));
  for (const file of files) await writePng(file, noiseImage(10, 10));
  return files;
}

test('a cached image is decoded once, also by calls at the same time', async () => {
  const [file] = await threeFiles();
  const cache = imageCache(1000);
  const [first, second] = await Promise.all([cache.load(file!), cache.load(file!)]);
  expect(second).toBe(first);
  await rm(file!);
  expect(await cache.load(file!)).toBe(first);
  expect(cache.decodedImages()).toBe(1);
});

test('the least recently used image makes room when the bytes are used up', async () => {
  const [a, b, c] = await threeFiles();
  const cache = imageCache(600);
  for (const file of [a!, b!, a!, c!]) await cache.load(file);
  expect(cache.decodedImages()).toBe(3);
  await cache.load(a!);
  expect(cache.decodedImages()).toBe(3);
  await cache.load(b!);
  expect(cache.decodedImages()).toBe(4);
});

test('nothing is kept without bytes to keep it in', async () => {
  const [file] = await threeFiles();
  for (const cache of [imageCache(0), imageCache(299)]) {
    await cache.load(file!);
    await cache.load(file!);
    expect(cache.decodedImages()).toBe(2);
  }
});

test('a failure is not remembered', async () => {
  const file = join(await temporaryDirectory(), 'late.png');
  const cache = imageCache(1000);
  await expect(cache.load(file)).rejects.toThrow('late.png: cannot be read');
  await writePng(file, noiseImage(4, 4));
  expect(await cache.load(file)).toMatchObject({ width: 4 });
});
