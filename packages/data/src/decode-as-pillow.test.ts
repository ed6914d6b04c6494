import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import { loadImages } from './load-images.js';
import { pixelsToFloats } from '@stargan/resizing';
import { encodable, noiseImage } from './testing/pictures.js';
import { pillowReadings } from './testing/pillow-readings.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

describe("reading 'pillow'", () => {
  test.each(pillowReadings)('gives the levels that Pillow gives for $name', async ({ content, width, height, levels }) => {
    const image = await decodeImage(Buffer.from(content, 'base64'), { reading: 'pillow' });
    expect(image).toMatchObject({ width, height });
    expect([...image.data]).toEqual(levels);
  });

  test('is taken by loadImages too, and is not the default', async () => {
    const file = join(await temporaryDirectory(), 'turned.png');
    const image = noiseImage(6, 6);
    await encodable(image).withMetadata({ orientation: 6 }).png().toFile(file);
    expect(await loadImages([file], 6, { reading: 'pillow' })).toEqual(pixelsToFloats(image));
    expect(await loadImages([file], 6)).not.toEqual(pixelsToFloats(image));
  });
});
