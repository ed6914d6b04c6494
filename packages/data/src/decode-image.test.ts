import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import { ImageFileError } from './image-file-error.js';
import { encodable, noiseImage } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

const image = noiseImage(20, 12);

/** A smooth picture, which lossy formats keep closely. */
const ramp = {
  width: 32,
  height: 16,
  data: Uint8Array.from({ length: 32 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 32) * 4 + (i % 3) * 40),
};

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

describe('decodeImage', () => {
  test('reads a PNG and a lossless WebP exactly', async () => {
    expect(await decodeImage(await encodable(image).png().toBuffer())).toMatchObject({ width: 20, height: 12 });
    for (const content of [await encodable(image).png().toBuffer(), await encodable(image).webp({ lossless: true }).toBuffer()]) {
      expect([...(await decodeImage(content)).data]).toEqual([...image.data]);
    }
  });

  test('reads baseline and progressive JPEG and lossy WebP closely', async () => {
    const contents = [
      await encodable(ramp).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
      await encodable(ramp).jpeg({ quality: 95, chromaSubsampling: '4:4:4', progressive: true }).toBuffer(),
      await encodable(ramp).webp({ quality: 98 }).toBuffer(),
    ];
    for (const content of contents) {
      expect(largestDifference((await decodeImage(content)).data, ramp.data)).toBeLessThan(24);
    }
  });

  test('tells the format by the content, not by the name', async () => {
    const file = join(await temporaryDirectory(), 'really-a-png.jpg');
    await encodable(image).png().toFile(file);
    expect([...(await decodeImage(file)).data]).toEqual([...image.data]);
  });

  test('repeats grey in three channels', async () => {
    const grey = sharp(Uint8Array.from([0, 90, 180, 255]), { raw: { width: 2, height: 2, channels: 1 } });
    const content = await grey.toColourspace('b-w').png().toBuffer();
    expect([...(await decodeImage(content)).data]).toEqual([0, 0, 0, 90, 90, 90, 180, 180, 180, 255, 255, 255]);
  });

  test('drops alpha and keeps the colour under it', async () => {
    const pixels = Uint8Array.from([10, 20, 30, 0, 40, 50, 60, 128, 70, 80, 90, 255]);
    const content = await sharp(pixels, { raw: { width: 3, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(content)).data]).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  test('looks up a palette with transparency', async () => {
    const pixels = Uint8Array.from([250, 0, 0, 255, 0, 250, 0, 128, 0, 0, 250, 255, 250, 0, 0, 255]);
    const content = await sharp(pixels, { raw: { width: 2, height: 2, channels: 4 } })
      .png({ palette: true, dither: 0 })
      .toBuffer();
    expect((await sharp(content).metadata()).isPalette).toBe(true);
    const expected = Uint8Array.from([250, 0, 0, 0, 250, 0, 0, 0, 250, 250, 0, 0]);
    expect(largestDifference((await decodeImage(content)).data, expected)).toBeLessThan(6);
  });

  test('keeps the upper eight bits of 16-bit channels, coloured or grey', async () => {
    const levels = [0x0000, 0x00ff, 0x0100, 0x12ff, 0x80ff, 0xffff];
    const colour = await sharp(Uint16Array.from(levels), { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const grey = await sharp(Uint16Array.from(levels), { raw: { width: 6, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(colour).metadata()).depth).toBe('ushort');
    expect((await sharp(grey).metadata()).depth).toBe('ushort');
    const upper = levels.map((level) => level >> 8);
    expect([...(await decodeImage(colour)).data]).toEqual(upper);
    expect([...(await decodeImage(grey)).data]).toEqual(upper.flatMap((level) => [level, level, level]));
  });

  test('converts CMYK to RGB', async () => {
    const red = sharp({ create: { width: 8, height: 8, channels: 3, background: '#e02020' } });
    const content = await red.toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(content).metadata()).space).toBe('cmyk');
    const { data } = await decodeImage(content);
    expect(data.length).toBe(8 * 8 * 3);
    expect(data[0]).toBeGreaterThan(180);
    expect(data[1]).toBeLessThan(90);
    expect(data[2]).toBeLessThan(90);
  });

  test('applies the EXIF orientation', async () => {
    const content = await encodable(image).withMetadata({ orientation: 6 }).webp({ lossless: true }).toBuffer();
    const turned = await decodeImage(content);
    expect(turned).toMatchObject({ width: 12, height: 20 });
    // A quarter turn clockwise brings the lower left corner to the upper left.
    const corner = 11 * 20 * 3;
    expect([...turned.data.subarray(0, 3)]).toEqual([...image.data.subarray(corner, corner + 3)]);
  });

  test('reads a single pixel', async () => {
    expect(await decodeImage(await encodable(noiseImage(1, 1)).png().toBuffer())).toMatchObject({ width: 1, height: 1 });
  });

  test('refuses truncated files of every format instead of returning half a picture', async () => {
    const large = noiseImage(200, 150);
    const contents = [
      await encodable(large).jpeg().toBuffer(),
      await encodable(large).jpeg({ progressive: true }).toBuffer(),
      await encodable(large).png().toBuffer(),
      await encodable(large).webp().toBuffer(),
      await encodable(large).webp({ lossless: true }).toBuffer(),
    ];
    for (const content of contents) {
      await decodeImage(content);
      for (const share of [0.01, 0.5, 0.95]) {
        const truncated = content.subarray(0, Math.max(Math.floor(content.length * share), 16));
        await expect(decodeImage(truncated, { name: 'cut.img' })).rejects.toThrow(/^cut\.img: truncated .*\(.+\)/);
      }
    }
  });

  test('refuses a PNG with damaged data', async () => {
    const content = await encodable(noiseImage(100, 100)).png().toBuffer();
    content.fill(0, content.length / 2, content.length / 2 + 50);
    await expect(decodeImage(content)).rejects.toThrow(ImageFileError);
  });

  test('names files that are empty, missing, a folder or no image, and says why', async () => {
    const directory = await temporaryDirectory();
    const file = (name: string) => join(directory, name);
    await writeFile(file('empty.png'), '');
    await writeFile(file('text.jpg'), 'not an image at all');
    await writeFile(file('vector.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await writeFile(file('short.png'), '\x89P', 'latin1');
    await mkdir(file('folder.png'));
    await expect(decodeImage(file('empty.png'))).rejects.toThrow(`${file('empty.png')}: the file is empty (0 bytes)`);
    await expect(decodeImage(file('text.jpg'))).rejects.toThrow(
      `${file('text.jpg')}: not a JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or PPM image`,
    );
    await expect(decodeImage(file('vector.png'))).rejects.toThrow('a picture of a kind that is not read (SVG); convert or remove the file');
    await expect(decodeImage(file('short.png'))).rejects.toThrow('not a JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or PPM image');
    await expect(decodeImage(file('missing.png'))).rejects.toThrow(/missing\.png: cannot be read \(ENOENT/);
    await expect(decodeImage(file('folder.png'))).rejects.toThrow('folder.png: cannot be read (a folder, not a file)');
    await expect(decodeImage(file('empty.png'))).rejects.toMatchObject({ name: 'ImageFileError', file: file('empty.png') });
  });

  test('refuses a 20,000 × 20,000 image with its size and the limit, without decoding it', async () => {
    const content = await encodable(image).png().toBuffer();
    // The header says what the size is: bytes 16 to 23, inside a checksum over bytes 12 to 28.
    content.writeUInt32BE(20_000, 16);
    content.writeUInt32BE(20_000, 20);
    content.writeUInt32BE(crc32(content.subarray(12, 29)), 29);
    await expect(decodeImage(content, { name: 'huge.png' })).rejects.toThrow(
      'huge.png: 20000×20000 is 400000000 pixels, more than the limit of 100000000; make the image smaller or raise maxPixels',
    );
  });

  test('takes another pixel limit', async () => {
    const content = await encodable(image).png().toBuffer();
    await expect(decodeImage(content, { maxPixels: 239 })).rejects.toThrow('20×12 is 240 pixels');
    await expect(decodeImage(content, { maxPixels: 240 })).resolves.toMatchObject({ width: 20 });
  });
});
