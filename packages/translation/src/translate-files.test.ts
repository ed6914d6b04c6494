import { execFileSync } from 'node:child_process';
import { cp, link, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ImageFileError, loadImages, pathBytes } from '@stargan/data';
import { tileImages, type Model } from '@stargan/training';
import { memory, tensor4d } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { RequestError } from './request-error.js';
import { rampPicture, writeRamp } from './testing/pictures.js';
import { loadSmallModel } from './testing/small-model.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { translateFiles, type TranslatedFiles } from './translate-files.js';

let model: Model;
const folder = useTemporaryFolder(async (created) => {
  model = await loadSmallModel(path.join(created, 'run'));
  for (let i = 0; i < 5; i++)
    await rampPicture(20 + i, 20 + i)
      .modulate({ hue: 60 * i })
      .png()
      .toFile(await place(created, 'square', `${i}.png`));
});
afterAll(() => model.dispose());

async function place(...parts: string[]): Promise<string> {
  const file = path.join(...parts);
  await mkdir(path.dirname(file), { recursive: true });
  return file;
}
const at = (...parts: string[]): string => path.join(folder(), ...parts);

/** Pixels of a picture, as raw RGB. */
const pixelsOf = async (file: string): Promise<number[]> => [...(await sharp(file).removeAlpha().raw().toBuffer())];

/** The largest difference of two lists of levels. */
const distance = (a: readonly number[], b: readonly number[]): number => {
  expect(a).toHaveLength(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
};

/** What the model makes of a picture, by its own method. */
async function expected(file: string, to: string, seed: number): Promise<number[]> {
  const image = tensor4d(await loadImages([file], 16), [1, 16, 16, 3]);
  const translated = model.translate(image, { to, seed });
  const { data } = tileImages(await translated.data<'float32'>(), 16, 16, 1);
  image.dispose();
  translated.dispose();
  return [...data];
}

const namesIn = async (out: string): Promise<string[]> => (await readdir(out, { recursive: true })).sort();
const writtenIn = ({ files }: TranslatedFiles, out: string): string[] => files.map(({ file }) => path.relative(out, file));

describe('translateFiles', () => {
  it('writes what the model makes of every picture, whatever the batch', async () => {
    for (const batch of [1, 2, 8]) {
      const out = at(`batch-${batch}`);
      const { files, completed, fitted, kept } = await translateFiles(model, [at('square')], { to: 'triangle', seed: 3, out, batch });
      expect(files.map(({ source, file }) => [path.basename(source), path.basename(file)])).toEqual(
        [0, 1, 2, 3, 4].map((i) => [`${i}.png`, `${i}.png`]),
      );
      expect({ completed, fitted, kept }).toEqual({ completed: true, fitted: 0, kept: 0 });
      // Sums of a batch may differ in their last bit, and a level with them.
      for (const { source, file } of files)
        expect(distance(await pixelsOf(file), await expected(source, 'triangle', 3))).toBeLessThanOrEqual(1);
    }
  });

  it('makes every picture in every style, named after it', async () => {
    const out = at('styles');
    const result = await translateFiles(model, [at('square', '0.png')], { to: ['circle', 'triangle'], count: 2, out });
    expect(writtenIn(result, out)).toEqual([
      '0-circle-seed-1.png',
      '0-circle-seed-2.png',
      '0-triangle-seed-1.png',
      '0-triangle-seed-2.png',
    ]);
    const contents = await Promise.all(result.files.map(({ file }) => readFile(file, 'base64')));
    expect(new Set(contents).size).toBe(4);
    expect(result.files.map(({ style }) => result.styles[style]!.origin)).toEqual(['seed 1', 'seed 2', 'seed 1', 'seed 2']);
  });

  it.each([
    ['crop', 40, 40],
    ['stretch', 40, 60],
    ['pad', 40, 60],
  ] as const)('gives a picture that lies on its side back upright, at its size: %s', async (fit, width, height) => {
    // Stored 60×40; its EXIF orientation turns it to 40×60.
    const source = await place(folder(), `turned-${fit}`, 'photo.webp');
    const stored = await rampPicture(40, 60).rotate(270).toBuffer();
    await sharp(stored, { raw: { width: 60, height: 40, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .webp({ lossless: true })
      .toFile(source);
    const upright = await place(folder(), `upright-${fit}`, 'photo.png');
    await rampPicture(40, 60).png().toFile(upright);
    const options = { to: 'circle', fit, size: 'source' as const, existing: 'overwrite' as const };
    const [turned] = (await translateFiles(model, [source], { ...options, out: at('turned-out', fit) })).files;
    const { files, fitted } = await translateFiles(model, [upright], { ...options, out: at('upright-out', fit) });
    expect(fitted).toBe(1);
    const { format, ...metadata } = await sharp(turned!.file).metadata();
    expect(format).toBe('png');
    expect(metadata).toMatchObject({ width, height });
    expect(metadata.orientation).toBeUndefined();
    expect(await pixelsOf(turned!.file)).toEqual(await pixelsOf(files[0]!.file));
  });

  it('gives the model’s size by default, without what filled up the square', async () => {
    const source = await writeRamp(await place(folder(), 'wide', 'photo.png'), 48, 24);
    const sizes: (readonly [number, number])[] = [];
    for (const fit of ['crop', 'stretch', 'pad'] as const) {
      const { files } = await translateFiles(model, [source], { to: 'circle', fit, out: at('wide-out', fit) });
      const { width, height } = await sharp(files[0]!.file).metadata();
      sizes.push([width, height]);
    }
    expect(sizes).toEqual([
      [16, 16],
      [16, 16],
      [16, 8],
    ]);
  });

  it('reads pictures of every format, grey and with alpha', async () => {
    const files = await Promise.all([
      rampPicture(20, 20)
        .toColourspace('b-w')
        .png()
        .toFile(await place(folder(), 'kinds', 'grey.png')),
      rampPicture(20, 20)
        .ensureAlpha(0.3)
        .webp()
        .toFile(await place(folder(), 'kinds', 'alpha.webp')),
      rampPicture(20, 20)
        .gif()
        .toFile(await place(folder(), 'kinds', 'palette.gif')),
      rampPicture(20, 20)
        .tiff()
        .toFile(await place(folder(), 'kinds', 'scan.tif')),
      rampPicture(20, 20)
        .avif()
        .toFile(await place(folder(), 'kinds', 'new.avif')),
      rampPicture(1, 1)
        .png()
        .toFile(await place(folder(), 'kinds', 'pixel.png')),
    ]);
    const out = at('kinds-out');
    const result = await translateFiles(model, [at('kinds')], { to: 'circle', out });
    expect(result.passedOver).toEqual([]);
    expect(result.files).toHaveLength(files.length);
    for (const { file } of result.files) expect(await sharp(file).metadata()).toMatchObject({ channels: 3, width: 16, height: 16 });
  });

  it('writes PNG, JPEG and WebP', async () => {
    for (const [format, ending] of [
      ['png', '.png'],
      ['jpeg', '.jpg'],
      ['webp', '.webp'],
    ] as const) {
      const { files } = await translateFiles(model, [at('square', '1.png')], { to: 'circle', format, quality: 100, out: at('formats') });
      expect(path.extname(files[0]!.file)).toBe(ending);
      expect((await sharp(files[0]!.file).metadata()).format).toBe(format);
    }
  });

  it('passes over what cannot be read, and names it', async () => {
    const mixed = at('mixed');
    await cp(at('square'), mixed, { recursive: true });
    await writeFile(path.join(mixed, '2.png'), (await readFile(path.join(mixed, '2.png'))).subarray(0, 60));
    await writeFile(path.join(mixed, 'text.jpg'), 'no picture');
    execFileSync('mkfifo', [path.join(mixed, 'pipe')]);
    const told: string[] = [];
    const progress: [number, number][] = [];
    const result = await translateFiles(model, [mixed, path.join(mixed, 'pipe')], {
      to: 'circle',
      count: 2,
      batch: 2,
      out: at('mixed-out'),
      onPassedOver: ({ file }) => told.push(path.basename(file)),
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(result.files).toHaveLength(8);
    expect(result.passedOver.map(({ problem }) => problem)).toEqual(['damaged', 'not-an-image', 'unreadable']);
    expect(told).toEqual(['2.png', 'text.jpg', 'pipe']);
    expect(progress.at(-1)).toEqual([14, 14]);
    expect(progress.map(([done]) => done)).toEqual(progress.map(([done]) => done).sort((a, b) => a - b));
    await expect(translateFiles(model, [mixed], { to: 'circle', out: at('refused'), onCorrupt: 'refuse' })).rejects.toThrow(ImageFileError);
  });

  it('reads pictures whose names are not UTF-8, and names their results in UTF-8', async () => {
    const latin = at('latin');
    await writeRamp(path.join(latin, 'name.png'));
    await rename(path.join(latin, 'name.png'), pathBytes(path.join(latin, 'caf\udce9.png')));
    const result = await translateFiles(model, [latin], { to: 'circle', out: at('latin-out') });
    expect(result.files.map(({ source }) => path.basename(source))).toEqual(['caf\udce9.png']);
    expect(await namesIn(at('latin-out'))).toEqual(['caf%E9.png']);
  });

  it('gives pictures of one name different results', async () => {
    await cp(at('square', '0.png'), await place(folder(), 'twins', 'cat.png'));
    await rampPicture(20, 20).jpeg().toFile(at('twins', 'CAT.jpg'));
    const out = at('twins-out');
    const result = await translateFiles(model, [at('twins', 'cat.png'), at('twins', 'CAT.jpg'), at('square', '0.png')], {
      to: 'circle',
      out,
    });
    expect(writtenIn(result, out)).toEqual(['cat.png', 'CAT-2.png', '0.png']);
  });

  it('keeps the folders of pictures', async () => {
    await writeRamp(at('tree', 'a', 'x.png'));
    await writeRamp(at('tree', 'b', 'x.png'));
    await translateFiles(model, [at('tree')], { to: 'circle', out: at('tree-out') });
    expect((await namesIn(at('tree-out'))).filter((name) => name.endsWith('.png'))).toEqual([
      path.join('a', 'x.png'),
      path.join('b', 'x.png'),
    ]);
  });

  it('replaces nothing unless it is told to, and can go on where it stopped', async () => {
    const out = at('existing');
    const options = { to: 'circle', out };
    await translateFiles(model, [at('square', '0.png')], options);
    const before = await readFile(path.join(out, '0.png'));
    await expect(translateFiles(model, [at('square')], { ...options, seed: 9 })).rejects.toThrow(
      `1 of the 5 results are there already, such as ${path.join(out, '0.png')}`,
    );
    expect(await namesIn(out)).toEqual(['0.png']);
    const rest = await translateFiles(model, [at('square')], { ...options, seed: 9, existing: 'skip' });
    expect(rest).toMatchObject({ kept: 1, completed: true });
    expect(rest.files).toHaveLength(4);
    expect(await readFile(path.join(out, '0.png'))).toEqual(before);
    await translateFiles(model, [at('square')], { ...options, seed: 9, existing: 'overwrite' });
    expect(await readFile(path.join(out, '0.png'))).not.toEqual(before);
  });

  it('never replaces a picture that it translates, whatever it is told', async () => {
    const here = at('here');
    await cp(at('square', '0.png'), await place(here, '0.png'));
    const before = await readFile(path.join(here, '0.png'));
    const options = { to: 'circle', existing: 'overwrite' as const };
    await expect(translateFiles(model, [path.join(here, '0.png')], { ...options, out: here })).rejects.toThrow('would replace a picture');
    await mkdir(at('linked'));
    await link(path.join(here, '0.png'), at('linked', '0.png'));
    await expect(translateFiles(model, [path.join(here, '0.png')], { ...options, out: at('linked') })).rejects.toThrow(RequestError);
    expect(await readFile(path.join(here, '0.png'))).toEqual(before);
  });

  it('stops when it is asked to, with whole results', async () => {
    const controller = new AbortController();
    const result = await translateFiles(model, [at('square')], {
      to: 'circle',
      batch: 2,
      out: at('stopped'),
      onProgress: (done) => done === 2 && controller.abort(),
      signal: controller.signal,
    });
    expect(result.completed).toBe(false);
    expect(await namesIn(at('stopped'))).toEqual(['0.png', '1.png']);
    for (const { file } of result.files) expect(await pixelsOf(file)).toHaveLength(16 * 16 * 3);
  });

  it('passes over a picture whose size the format does not have', async () => {
    const source = await place(folder(), 'long', 'strip.png');
    await sharp({ create: { width: 17_000, height: 2, channels: 3, background: 'red' } })
      .png()
      .toFile(source);
    const options = { to: 'circle', size: 'source' as const, fit: 'stretch' as const, out: at('long-out') };
    const { passedOver } = await translateFiles(model, [source], { ...options, format: 'webp' });
    expect(passedOver[0]?.message).toContain('17000×2 is more than a webp file holds, 16383 a side; choose another format');
    const { files } = await translateFiles(model, [source], { ...options, format: 'png' });
    expect(await sharp(files[0]!.file).metadata()).toMatchObject({ width: 17_000, height: 2 });
  });

  it.each([
    [{ batch: 0 }, 'batch must be a whole number from 1 to 1024, got 0'],
    [{ quality: 101 }, 'quality must be a whole number from 1 to 100, got 101'],
    [{ fit: 'squeeze' as 'crop' }, 'fit must be crop, stretch or pad, got "squeeze"'],
    [{ format: 'bmp' as 'png' }, 'format must be png, jpeg or webp, got "bmp"'],
    [{ size: 'large' as 'model' }, 'size must be model or source, got "large"'],
    [{ to: 'cat' }, 'its domains are circle, triangle'],
  ])('refuses %j before anything is written', async (wrong, message) => {
    const options = { to: 'circle', out: at('wrong'), ...wrong };
    await expect(translateFiles(model, [at('square')], options)).rejects.toThrow(RequestError);
    await expect(translateFiles(model, [at('square')], options)).rejects.toThrow(message);
    await expect(stat(at('wrong'))).rejects.toThrow('ENOENT');
  });

  it('names a result that cannot be written', async () => {
    await writeFile(at('blocked'), 'a file');
    await expect(translateFiles(model, [at('square')], { to: 'circle', out: at('blocked') })).rejects.toThrow(
      /blocked.\d\.png cannot be written: EEXIST/,
    );
  });

  it('leaves no tensors and nothing beside the results', async () => {
    const before = memory().numTensors;
    await translateFiles(model, [at('square')], { to: 'circle', count: 2, batch: 2, out: at('clean') });
    expect(memory().numTensors).toBe(before);
    expect(await namesIn(at('clean'))).toHaveLength(10);
  });
});
