import { appendFile, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../decode-image.js';
import { encodable } from '../testing/pictures.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { zipOf } from '../testing/zip-files.js';
import type { BoxOptions } from './box-options.js';
import { describePreparation } from './describe-preparation.js';
import { prepareDataset, type Preparation } from './prepare-dataset.js';
import type { PrepareOptions } from './prepare-options.js';

const [red, green, blue] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
];

/** A blue picture of 60 × 40 with a green rectangle, in which a red square of 10 at (left, top). */
function face(left: number, top: number, number = 0) {
  const data = new Uint8Array(60 * 40 * 3);
  for (let y = 0; y < 40; y++)
    for (let x = 0; x < 60; x++) {
      const within = (margin: number): boolean =>
        x >= left - margin && x < left + 10 + margin && y >= top - margin && y < top + 10 + margin;
      data.set(within(0) ? red : within(5) ? green : blue, (y * 60 + x) * 3);
    }
  // One pixel that tells it from others, beside all faces.
  data[59 * 3] = number;
  return { width: 60, height: 40, data };
}

/** Pictures by path, whose faces are at (10, 15), and a table. */
async function source(names: readonly string[], table: string, name = 'boxes.csv') {
  const root = await temporaryDirectory();
  const [from, to] = [join(root, 'source'), join(root, 'prepared')];
  for (const [number, each] of names.entries()) {
    await mkdir(dirname(join(from, each)), { recursive: true });
    await encodable(face(10, 15, number))
      .png()
      .toFile(join(from, each));
  }
  const file = join(root, name);
  await writeFile(file, table);
  const prepare = (boxes: Partial<BoxOptions> = {}, options: Partial<PrepareOptions> = {}): Promise<Preparation> =>
    prepareDataset(from, to, { imageSize: 10, ...options, boxes: { file, margin: 0, ...boxes } });
  return { root, from, to, file, prepare };
}

const header = 'file,left,top,width,height\n';

/** Colours of a made picture, each once. */
async function colours(file: string): Promise<string[]> {
  const { data } = await decodeImage(file);
  return [...new Set(Array.from({ length: data.length / 3 }, (_, i) => data.subarray(i * 3, i * 3 + 3).join()))].sort();
}

/** Names and colours of all made pictures. */
async function made(to: string): Promise<Record<string, string[]>> {
  const files = (await readdir(to, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await colours(join(to, file))] as const)));
}

const [allRed, redAndGreen] = [[red.join()], [green.join(), red.join()]];

describe('pictures cropped around boxes', () => {
  test('hold the box and the margin, and nothing else', async () => {
    const { to, prepare } = await source(['a/1.png', 'b/1.png'], `${header}a/1.png,10,15,10,10\nb/1.png,11,15,8,10\n`);
    const prepared = await prepare();
    expect(await made(to)).toEqual({ 'train/a/1.png': allRed, 'train/b/1.png': allRed });
    expect(prepared.boxes).toMatchObject({
      kind: 'boxes',
      margin: 0,
      rows: 2,
      unusedRows: 0,
      cropped: 2,
      moved: 0,
      shrunk: 0,
      withoutBox: [],
    });
    await rm(to, { recursive: true });
    await prepare({ margin: 0.5 }, { imageSize: 20 });
    expect(await made(to)).toEqual({ 'train/a/1.png': redAndGreen, 'train/b/1.png': redAndGreen });
    const { data } = await decodeImage(join(to, 'train/a/1.png'));
    const isRed = Array.from({ length: 400 }, (_, i) => data[i * 3] === 255);
    expect(isRed.map((_, i) => i % 20 >= 5 && i % 20 < 15 && i >= 100 && i < 300)).toEqual(isRed);
  });

  test('by landmarks hold the square of CelebA-HQ, without a margin unless asked for', async () => {
    const names = 'lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y';
    // Eyes 2.5 apart, the mouth 2.7 below: a square of 10 around (15, 19.57), not around the eyes at 19.3.
    const row = '13.75 19.3 16.25 19.3 15 20 14 22 16 22';
    const { to, prepare } = await source(['a/1.png', 'b/2.png'], `2\n${names}\n1.png ${row}\n2.png ${row}\n`, 'landmarks.txt');
    expect((await prepare({ margin: undefined })).boxes).toMatchObject({ kind: 'landmarks', margin: 0, cropped: 2 });
    expect(await made(to)).toEqual({ 'train/a/1.png': allRed, 'train/b/2.png': allRed });
  });

  test('of boxes take three tenths of the longer side on each side unless told otherwise', async () => {
    const { to, prepare } = await source(['a/1.png'], `${header}1.png,10,15,10,10\n`);
    expect((await prepare({ margin: undefined }, { imageSize: 16 })).boxes).toMatchObject({ margin: 0.3 });
    const { data } = await decodeImage(join(to, 'train/a/1.png'));
    // 16 pixels with 3 of green on each side, the side of the picture itself.
    expect(Array.from({ length: 16 }, (_, x) => data[(8 * 16 + x) * 3]! > 0)).toEqual([...Array(16).keys()].map((x) => x >= 3 && x < 13));
  });

  test('take places in the picture as it is shown, whatever its EXIF orientation', async () => {
    const { prepare, from, to } = await source([], `${header}a/turned.jpg,15,10,10,10\na/mirrored.png,40,15,10,10\n`);
    await mkdir(join(from, 'a'), { recursive: true });
    // Shown, the left column is at the top and the face at (40 - 15 - 10, 10).
    await encodable(face(10, 15))
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 6 })
      .toFile(join(from, 'a', 'turned.jpg'));
    await encodable(face(10, 15))
      .png()
      .withMetadata({ orientation: 2 })
      .toFile(join(from, 'a', 'mirrored.png'));
    expect((await sharp(join(from, 'a', 'turned.jpg')).metadata()).orientation).toBe(6);
    await prepare();
    for (const name of ['turned', 'mirrored']) {
      const { data } = await decodeImage(join(to, 'train', 'a', `${name}.png`));
      const [r, g, b] = [0, 1, 2].map((channel) => data.filter((_, i) => i % 3 === channel).reduce((sum, level) => sum + level, 0) / 100);
      expect([r! > 250, g! < 5, b! < 5]).toEqual([true, true, true]);
    }
  });

  test('are moved and shrunk where squares stick out, and those that grow larger than they were are counted', async () => {
    const { to, prepare } = await source(
      ['a/1.png', 'a/2.png', 'a/3.png'],
      `${header}1.png,50,35,20,20\n2.png,0,0,60,50\n3.png,10,15,10,10\n`,
    );
    const first = await prepare({}, { imageSize: 15 });
    expect(first).toMatchObject({ made: 3, enlarged: 1, boxes: { cropped: 3, moved: 1, shrunk: 1 } });
    expect(describePreparation(first)[2]).toMatch(
      /^3 pictures cropped around the boxes of .*boxes\.csv, margin 0; 1 square stuck out and was moved inside; 1 square did not fit and was shrunk to the shorter side$/,
    );
    // The same of pictures that are kept.
    expect(await prepare({}, { imageSize: 15 })).toMatchObject({
      made: 0,
      kept: 3,
      enlarged: 1,
      boxes: { cropped: 3, moved: 1, shrunk: 1 },
    });
    expect((await made(to))['train/a/1.png']).toEqual([blue.join()]);
  });
});

describe('rows and pictures', () => {
  test('find each other by the end of the path, the fullest name first, with separators of either kind', async () => {
    const { to, prepare, root } = await source(['a/x/1.png', 'a/2.png', 'b/1.png', 'b/2.png', 'b/3.png'], '');
    await writeFile(
      join(root, 'boxes.csv'),
      `${header}1.png,0,0,5,5\nx\\1.png,10,15,10,10\n.\\a\\2.png,10,15,10,10\n${join(root, 'source', 'b', '2.png')},10,15,10,10\n../source/b/3.png,10,15,10,10\nelsewhere.png,1,1,1,1\n`,
    );
    const prepared = await prepare();
    expect(await made(to)).toEqual({
      'train/a/2.png': allRed,
      'train/a/x-1.png': allRed,
      'train/b/1.png': [blue.join()],
      'train/b/2.png': allRed,
      'train/b/3.png': allRed,
    });
    expect(prepared.boxes).toMatchObject({ rows: 6, unusedRows: 1 });
    expect(prepared.notes).toContainEqual(
      expect.stringMatching(/^1 row of .*boxes\.csv is not used, since .*: elsewhere\.png \(line 7\)$/),
    );
  });

  test('are those of a table of files and of an archive as well', async () => {
    const { root, from, file } = await source(['a/1.png', 'b/2.png'], `${header}1.png,10,15,10,10\nb\\2.png,10,15,10,10\n`);
    const list = join(root, 'images.csv');
    await writeFile(list, 'file,domain\nsource/a/1.png,cat\nsource/b/2.png,dog\n');
    const zip = join(root, 'images.zip');
    await writeFile(
      zip,
      await zipOf(
        await Promise.all(['a/1.png', 'b/2.png'].map(async (name) => [`all/${name}`, await readFile(join(from, name))] as const)),
      ),
    );
    for (const given of [list, zip]) {
      const to = join(root, given.endsWith('zip') ? 'of-zip' : 'of-csv');
      await prepareDataset(given, to, { imageSize: 10, boxes: { file, margin: 0 } });
      expect(Object.values(await made(to))).toEqual([allRed, allRed]);
    }
  });

  test('a row for two pictures of one name is refused, unless they are copies', async () => {
    const { from, to, prepare } = await source(
      ['a/1.png', 'b/1.png', 'b/2.png', 'c/2.png'],
      `${header}1.png,10,15,10,10\n2.png,10,15,10,10\n`,
    );
    await expect(prepare()).rejects.toThrow(
      /line 2 of .*boxes\.csv names two pictures, a\/1\.png and b\/1\.png, and 1 picture more has a namesake; name files with their folders/,
    );
    await copyFile(join(from, 'a', '1.png'), join(from, 'b', '1.png'));
    await copyFile(join(from, 'b', '2.png'), join(from, 'c', '2.png'));
    expect((await prepare()).boxes).toMatchObject({ cropped: 4 });
    expect(Object.values(await made(to))).toEqual([allRed, allRed, allRed, allRed]);
  });

  test('that have nothing to do with each other are refused with an example of both', async () => {
    const { prepare } = await source(['a/1.png'], `${header}000001.jpg,10,15,10,10\n`);
    await expect(prepare()).rejects.toThrow(
      /boxes\.csv names no picture of .*source: a row names 000001\.jpg \(line 2\), and a picture is called a\/1\.png; name files as/,
    );
  });

  test('pictures without a box, or with one of size 0, are left out and named, or cropped in the middle', async () => {
    const table = `${header}1.png,10,15,10,10\n2.png,0,0,0,0\n3.png,10,15,10,10\n`;
    const { to, prepare, root } = await source(['a/1.png', 'a/2.png', 'b/3.png', 'b/4.png'], table);
    const skipped = await prepare();
    expect(Object.keys(await made(to))).toEqual(['train/a/1.png', 'train/b/3.png']);
    expect(skipped).toMatchObject({ made: 2, broken: [], boxes: { without: 'skip', withoutBox: ['a/2.png', 'b/4.png'], unusedRows: 0 } });
    expect(describePreparation(skipped).slice(3, 6)).toEqual(['2 images have no box and are left out:', '  a/2.png', '  b/4.png']);

    const dry = await prepareDataset(join(root, 'source'), join(root, 'middle'), {
      imageSize: 10,
      dryRun: true,
      boxes: { file: join(root, 'boxes.csv'), without: 'centre' },
    });
    expect(dry).toMatchObject({ made: 4, boxes: { cropped: 2, without: 'centre', withoutBox: ['a/2.png', 'b/4.png'] } });
    expect(describePreparation(dry).slice(2, 4)).toEqual([
      expect.stringMatching(/^2 pictures would be cropped around the boxes of .*, margin 0\.3$/),
      '2 images have no box and are cropped in the middle:',
    ]);

    await rm(to, { recursive: true });
    await prepare({ without: 'centre' }, { imageSize: 40 });
    // The middle begins at the column 10, where the face does.
    const { data } = await decodeImage(join(to, 'train', 'b', '4.png'));
    expect([0, 9, 10, 15].map((x) => [...data.subarray((20 * 40 + x) * 3, (20 * 40 + x) * 3 + 3)])).toEqual([red, red, green, blue]);
  });

  test('a domain without boxes is an error, not a domain less', async () => {
    const { prepare } = await source(['a/1.png', 'b/2.png'], `${header}1.png,10,15,10,10\n`);
    await expect(prepare()).rejects.toThrow(
      /no picture of the domain "b" has a box in .*boxes\.csv \(b\/2\.png has none, say\); add rows, or have .* in the middle \(centre\)/,
    );
    expect((await prepare({ without: 'centre' })).domains).toHaveLength(2);
  });

  test('pictures that are left out may be in the list for validation, and are in no share', async () => {
    const names = ['1', '2', '3', '4', '5'].map((name) => `a/${name}.png`);
    const rows = [1, 2, 3].map((name) => `${name}.png,10,15,10,10\n`).join('');
    const { to, prepare, root } = await source(names, `${header}${rows}`);
    const list = join(root, 'held.txt');
    await writeFile(list, 'a/2.png\na/4.png\n');
    expect((await prepare({}, { validation: { list } })).domains).toEqual([{ name: 'a', train: 2, validation: 1 }]);
    await rm(to, { recursive: true });
    expect((await prepare({}, { validation: { share: 0.5 } })).domains.map(({ train, validation }) => train + validation)).toEqual([3]);
  });
});

describe('boxes wholly outside', () => {
  const table = `${header}${Array.from({ length: 10 }, (_, i) => `${i}.png,10,15,10,10\n`).join('')}`;
  const names = Array.from({ length: 10 }, (_, i) => `a/${i}.png`);

  test('are named with line and remedy, and their pictures left out as broken ones are', async () => {
    const { file, prepare } = await source([...names, 'a/out.png'], `${table}out.png,60,15,10,10\n`);
    const { broken, made: number } = await prepare();
    expect(number).toBe(10);
    expect(broken).toEqual([
      {
        file: 'a/out.png',
        problem: 'box-outside',
        reason: 'the box at 60, 15 of 10×10 (line 12 of boxes.csv) lies wholly outside the picture of 60×40',
        remedy: 'correct the box: pixels of this very picture, upright',
      },
    ]);
    await expect(prepare({}, { onCorrupt: 'refuse' })).rejects.toThrow(
      /a\/out\.png: the box at 60, 15 .*; correct the box: pixels of this/,
    );
    await appendFile(file, '0.5.png,1,1,1,1\n');
    expect((await prepare()).kept).toBe(10);
  });

  test('of many pictures stop the work, as those of another size of the pictures', async () => {
    const { prepare } = await source(names, table.replaceAll('10,15', '310,215'));
    await expect(prepare()).rejects.toThrow(
      /of the 10 images of "a" are broken, .*\(line \d+ of boxes\.csv\).*; correct their boxes or remove them/,
    );
  });
});

describe('run again', () => {
  test('only pictures whose boxes changed are made anew', async () => {
    const { to, file, prepare } = await source(
      ['a/1.png', 'a/2.png', 'a/3.png'],
      `${header}1.png,10,15,10,10\n2.png,40,15,10,10\n3.png,10,15,10,10\n`,
    );
    await prepare();
    await writeFile(file, `${header}3.png,10,15,10,10\n2.png,10,15,10,10\n1.png,10,15,10,10\n`);
    expect(await prepare()).toMatchObject({ made: 1, kept: 2 });
    expect(Object.values(await made(to))).toEqual([allRed, allRed, allRed]);
    // What has no box any longer stays, and is named.
    await writeFile(file, `${header}3.png,10,15,10,10\n2.png,10,15,10,10\n`);
    expect(await prepare()).toMatchObject({ made: 0, kept: 2, foreign: ['train/a/1.png'], boxes: { withoutBox: ['a/1.png'] } });
  });

  test('with another margin, another choice for what has no box, or none at all it is refused', async () => {
    const { root, from, to, prepare } = await source(['a/1.png'], `${header}1.png,10,15,10,10\n`);
    await prepare();
    await expect(prepare({ margin: 0.3 })).rejects.toThrow(/was prepared in another way: box margin 0 \(now 0\.3\); ask for the same, or/);
    await expect(prepare({ without: 'centre' })).rejects.toThrow(/: pictures without a box skip \(now centre\);/);
    await expect(prepareDataset(from, to, { imageSize: 10 })).rejects.toThrow(/crops around boxes \(now none\), box margin 0 \(now none\)/);
    // A manifest without boxes says nothing of them, as those of earlier versions.
    await prepareDataset(from, join(root, 'plain'), { imageSize: 10 });
    expect((await readFile(join(root, 'plain', 'preparation.jsonl'), 'utf8')).split('\n')[0]).not.toContain('ox');
    expect(await prepareDataset(from, join(root, 'plain'), { imageSize: 10 })).toMatchObject({ made: 0, kept: 1 });
  });
});

test('options that are out of range, or have nothing to act on, are refused', async () => {
  const { prepare } = await source(['a/1.png'], `${header}1.png,10,15,10,10\n`);
  for (const margin of [-0.1, 1.1, NaN]) await expect(prepare({ margin })).rejects.toThrow(/boxes\.margin must be in \[0, 1\], got/);
  for (const fit of ['pad', 'stretch'] as const) await expect(prepare({}, { fit })).rejects.toThrow(/fit must be crop with boxes/);
});
