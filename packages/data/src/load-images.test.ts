import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadImages } from './load-images.js';
import { pixelsToFloats } from '@stargan/resizing';
import { resizeBilinear } from '@stargan/resizing';
import { noiseImage, writePng } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

test('loadImages returns whole images, resized, in the order of the files', async () => {
  const directory = await temporaryDirectory();
  const images = [
    noiseImage(40, 30, 1),
    noiseImage(1, 1, 2),
    noiseImage(8, 8, 3),
    noiseImage(3, 50, 4),
    noiseImage(9, 9, 5),
    noiseImage(8, 9, 6),
  ];
  const files = images.map((_, i) => join(directory, `${9 - i}.png`));
  for (const [i, image] of images.entries()) await writePng(files[i]!, image);
  const values = await loadImages(files, 8);
  expect(values).toHaveLength(6 * 8 * 8 * 3);
  for (const [i, image] of images.entries()) {
    expect(values.subarray(i * 192, (i + 1) * 192)).toEqual(pixelsToFloats(resizeBilinear(image, 8, 8)));
  }
});

test('loadImages of nothing is nothing', async () => {
  expect(await loadImages([], 8)).toHaveLength(0);
});

test('loadImages names the file it cannot use', async () => {
  const directory = await temporaryDirectory();
  await writePng(join(directory, 'good.png'), noiseImage(4, 4));
  await writeFile(join(directory, 'bad.png'), 'no picture');
  await expect(loadImages([join(directory, 'good.png'), join(directory, 'bad.png')], 8)).rejects.toThrow(
    'bad.png: not a JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or PPM image',
  );
  await expect(loadImages([join(directory, 'good.png')], 8, { maxPixels: 15 })).rejects.toThrow('more than the limit of 15');
  await expect(loadImages([], 0)).rejects.toThrow('loadImages: imageSize must be a whole number ≥ 1, got 0');
});
