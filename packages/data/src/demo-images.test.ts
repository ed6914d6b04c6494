import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDataset } from './dataset.js';
import { decodeImage } from './decode-image.js';
import { writeDemoImages } from './demo-images.js';
import { demoShapes, sampleDemoPicture, type DemoPicture } from './demo-picture.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

const few = { imagesPerDomain: 4, validationPerDomain: 2, imageSize: 32 };

async function attributes(folder: string): Promise<(DemoPicture & { file: string })[]> {
  const lines = (await readFile(join(folder, 'attributes.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as DemoPicture & { file: string });
}

describe('writeDemoImages', () => {
  test('writes an ordinary data set and what is in each picture', async () => {
    const directory = join(await temporaryDirectory(), 'demo');
    expect(await writeDemoImages(directory, few)).toEqual({ directory, written: 18 });
    const { train, validation } = await openDataset(directory, { minimumImages: 4 });
    expect(train.domains.map(({ name }) => name)).toEqual(['circle', 'square', 'triangle']);
    expect(validation?.domains.map(({ files }) => files.length)).toEqual([2, 2, 2]);
    expect(await decodeImage(train.domains[2]!.files[3]!)).toMatchObject({ width: 32, height: 32 });
    const pictures = await attributes(join(directory, 'train', 'square'));
    expect(pictures.map(({ file }) => file)).toEqual(['00001.png', '00002.png', '00003.png', '00004.png']);
    expect(pictures[2]).toEqual({ file: '00003.png', ...sampleDemoPicture('square', 'train', 3, 777) });
  });

  test('draws the shape where and in the colour that the attributes say', async () => {
    const directory = join(await temporaryDirectory(), 'demo');
    await writeDemoImages(directory, { ...few, imagesPerDomain: 12, imageSize: 64 });
    for (const shape of demoShapes) {
      for (const { file, place, style } of await attributes(join(directory, 'train', shape))) {
        if (style.texture === 'dots' || style.texture === 'stripes') continue;
        const { data } = await decodeImage(join(directory, 'train', shape, file));
        const at = (x: number, y: number) => data.subarray((Math.floor(y * 64) * 64 + Math.floor(x * 64)) * 3).subarray(0, 3);
        const difference = at(place.x, place.y).reduce((sum, level, c) => sum + Math.abs(level - at(0.03, 0.97)[c]!), 0);
        expect(difference).toBeGreaterThan(100);
      }
    }
  });

  test('leaves a whole set alone', async () => {
    const directory = join(await temporaryDirectory(), 'demo');
    await writeDemoImages(directory, few);
    const before = await stat(join(directory, 'train', 'circle', '00001.png'));
    expect((await writeDemoImages(directory, few)).written).toBe(0);
    expect((await stat(join(directory, 'train', 'circle', '00001.png'))).mtimeMs).toBe(before.mtimeMs);
  });

  test('completes an interrupted set and leaves nothing half done', async () => {
    const directory = join(await temporaryDirectory(), 'demo');
    await writeDemoImages(directory, few);
    const whole = await readFile(join(directory, 'train', 'square', '00002.png'));
    // As if interrupted while drawing the squares.
    await rm(join(directory, 'train', 'square'), { recursive: true });
    await rm(join(directory, 'val', 'triangle'), { recursive: true });
    await mkdir(join(directory, 'train', '.square'));
    await writeFile(join(directory, 'train', '.square', '00001.png'), 'half a file');
    await writeFile(join(directory, 'train', '.square', '00009.png'), 'left over');
    expect((await writeDemoImages(directory, few)).written).toBe(6);
    expect(await readFile(join(directory, 'train', 'square', '00002.png'))).toEqual(whole);
    expect((await readdir(join(directory, 'train'))).sort()).toEqual(['circle', 'square', 'triangle']);
    expect(await readdir(join(directory, 'train', 'square'))).toHaveLength(5);
  });

  test('never writes into a directory of something else', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'precious.txt'), '');
    await expect(writeDemoImages(directory, few)).rejects.toThrow('must be empty or hold demo images, got precious.txt');
    expect(await readdir(directory)).toEqual(['precious.txt']);
  });

  test('refuses to mix sets of different options, and says which', async () => {
    const directory = join(await temporaryDirectory(), 'demo');
    await writeDemoImages(directory, few);
    await expect(writeDemoImages(directory, { ...few, seed: 5 })).rejects.toThrow(
      /of other options: expected .*"seed":5.*, got .*"seed":777/,
    );
  });

  test('draws a choice of domains, and no validation when none is asked for', async () => {
    const directory = join(await temporaryDirectory(), 'demo');
    await writeDemoImages(directory, { ...few, domains: ['square', 'circle'], validationPerDomain: 0 });
    const { train, validation } = await openDataset(directory);
    expect(train.domains.map(({ name }) => name)).toEqual(['circle', 'square']);
    expect(validation).toBeUndefined();
  });

  test('refuses options out of range', async () => {
    const directory = join(await temporaryDirectory(), 'demo');
    await expect(writeDemoImages(directory, { imageSize: 4 })).rejects.toThrow('imageSize must be a whole number ≥ 8, got 4');
    await expect(writeDemoImages(directory, { domains: [] })).rejects.toThrow(
      'domains must be different ones of circle, square, triangle, got []',
    );
    await expect(writeDemoImages(directory, { domains: ['circle', 'circle'] })).rejects.toThrow('got [circle, circle]');
  });
});

describe('sampleDemoPicture', () => {
  test('draws only what it is told to', () => {
    for (let number = 1; number < 30; number++) {
      expect(sampleDemoPicture('circle', 'train', number, 7, { textures: ['outline'] }).style.texture).toBe('outline');
      expect(sampleDemoPicture('circle', 'train', number, 7, { backgrounds: ['light'] }).style.background[0].lightness).toBeGreaterThan(
        0.8,
      );
      expect(Math.abs(sampleDemoPicture('circle', 'train', number, 7, { rotation: 0 }).place.rotation)).toBe(0);
    }
  });

  test('gives pictures of one number the same place in every domain, and styles of their own', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(10_000), (seed, number) => {
        const [circle, square] = [sampleDemoPicture('circle', 'train', number, seed), sampleDemoPicture('square', 'train', number, seed)];
        expect(square.place).toEqual(circle.place);
        expect(square.style).not.toEqual(circle.style);
        expect(sampleDemoPicture('circle', 'val', number, seed).place).not.toEqual(circle.place);
      }),
    );
  });

  test('keeps shape, accent and background apart in lightness, and the shape large', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(10_000), fc.constantFrom(...demoShapes), (seed, number, shape) => {
        const { style } = sampleDemoPicture(shape, 'train', number, seed);
        for (const { lightness } of style.background) {
          expect(Math.abs(style.fill.lightness - lightness)).toBeGreaterThan(0.25);
          expect(Math.abs(style.accent.lightness - lightness)).toBeGreaterThan(0.11);
        }
        expect(Math.abs(style.accent.lightness - style.fill.lightness)).toBeGreaterThan(0.14);
        expect(style.size).toBeGreaterThanOrEqual(0.46);
        expect(style.size).toBeLessThanOrEqual(0.62);
      }),
    );
  });
});
