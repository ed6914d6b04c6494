import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { ImageFileError } from './image-file-error.js';
import { loadFirstImages } from './load-first-images.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

it('loads so many of the first images, leaves broken ones out by name, and refuses them on request', async () => {
  const folder = await temporaryDirectory();
  const [broken, ...whole] = ['0', '1', '2', '3'].map((name) => join(folder, `${name}.png`));
  await writeFile(broken!, 'no picture');
  for (const [i, file] of whole.entries())
    await sharp({ create: { width: 4, height: 4, channels: 3, background: { r: 255 * (i % 2), g: 0, b: 0 } } }).toFile(file);
  const left: string[] = [];
  const images = await loadFirstImages([broken!, ...whole], 2, 2, { onLeftOut: ({ file }) => left.push(file) });
  expect(images.map((image) => [image.length, image[0]])).toEqual([
    [12, -1],
    [12, 1],
  ]);
  expect(left).toEqual([broken]);
  await expect(loadFirstImages([broken!, ...whole], 2, 2, { refuse: true })).rejects.toThrow(ImageFileError);
  await expect(loadFirstImages([broken!], 1, 2)).rejects.toThrow(/0\.png/);
  await expect(loadFirstImages([], 1, 2)).rejects.toThrow('got none');
});
