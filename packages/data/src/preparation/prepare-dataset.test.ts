import { execFileSync } from 'node:child_process';
import type * as fs from 'node:fs/promises';
import { appendFile, cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import { openDataset } from '../dataset.js';
import { decodeImage } from '../decode-image.js';
import { loadImages } from '../load-images.js';
import { pathBytes } from '../path-names.js';
import { noiseImage, writePng } from '../testing/pictures.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { zipOf } from '../testing/zip-files.js';
import { describePreparation } from './describe-preparation.js';
import { prepareDataset, type Preparation } from './prepare-dataset.js';
import type { PrepareOptions } from './prepare-options.js';

const failing = vi.hoisted(() => ({ writes: Infinity }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  const writeFile: typeof real.writeFile = (file, ...rest) => {
    if (typeof file !== 'string' || !file.includes('.preparation')) return real.writeFile(file, ...rest);
    failing.writes -= 1;
    if (failing.writes >= 0) return real.writeFile(file, ...rest);
    return Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  };
  return { ...real, writeFile };
});

/** Two domains of some noise pictures of 24 × 16, and a place for the result. */
async function source(counts: Readonly<Record<string, number>> = { cat: 4, dog: 3 }) {
  const root = await temporaryDirectory();
  const from = join(root, 'source');
  let seed = 0;
  for (const [domain, count] of Object.entries(counts))
    for (let i = 0; i < count; i++) await writePng(join(from, domain, `${i}.png`), noiseImage(24, 16, seed++));
  const to = join(root, 'prepared');
  const prepare = (options: Partial<PrepareOptions> = {}): Promise<Preparation> => prepareDataset(from, to, { imageSize: 8, ...options });
  return { from, to, prepare };
}

/** Contents of all files by path. */
async function filesBelow(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory, { recursive: true })).sort();
  const files: Record<string, string> = {};
  for (const name of names)
    if ((await stat(join(directory, name))).isFile()) files[name] = (await readFile(join(directory, name))).toString('base64');
  return files;
}

const allFiles = async (directory: string): Promise<string[]> =>
  (await openDataset(directory)).train.domains.flatMap(({ files }) => [...files]);

describe('a prepared data set', () => {
  test('has the pixels that loading the source at this size gives, where pictures are stretched', async () => {
    const { from, to, prepare } = await source();
    for (const format of ['png', 'webp'] as const) {
      await rm(to, { recursive: true, force: true });
      await prepare({ fit: 'stretch', format });
      expect(await loadImages(await allFiles(to), 8)).toEqual(await loadImages(await allFiles(from), 8));
    }
    await rm(to, { recursive: true, force: true });
    await prepare({ format: 'jpeg' });
    expect((await sharp((await allFiles(to))[0]).metadata()).chromaSubsampling).toBe('4:4:4');
  });

  test('is upright, without alpha, in colour: as training decodes', async () => {
    const { from, to, prepare } = await source({ cat: 1, dog: 1 });
    const at = (name: string): string => join(from, 'cat', name);
    const halves = Buffer.concat([Buffer.alloc(64, 255), Buffer.alloc(64, 0)]);
    const grey = sharp(halves, { raw: { width: 16, height: 8, channels: 1 } }).resize(8, 8, { fit: 'fill' });
    await grey.clone().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(at('turned.jpg'));
    await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0 } } })
      .png()
      .toFile(at('clear.png'));
    await prepare();
    const made = await Promise.all(['turned', 'clear'].map((name) => decodeImage(join(to, 'train', 'cat', `${name}.png`))));
    const decoded = await Promise.all(['turned.jpg', 'clear.png'].map((name) => decodeImage(at(name))));
    expect(made.map(({ data }) => [...data])).toEqual(decoded.map(({ data }) => [...data]));
    expect([...made[1]!.data.subarray(0, 3)]).toEqual([200, 100, 50]);
    // Turned by a quarter: what was at the top is on the right.
    expect(made[0]!.data[0]!).toBeLessThan(60);
    expect(made[0]!.data[7 * 3]!).toBeGreaterThan(200);
  });

  test('is split by share or as the source is, and says what each picture came from', async () => {
    const { from, to, prepare } = await source({ cat: 20, dog: 20 });
    const made = await prepare({ validation: { share: 0.25 }, seed: 3 });
    const { train, validation } = await openDataset(to);
    for (const [i, { name, train: trained, validation: held }] of made.domains.entries()) {
      expect([name, trained, held]).toEqual([train.domains[i]!.name, train.domains[i]!.files.length, validation!.domains[i]!.files.length]);
      expect(trained + held).toBe(20);
    }
    const lines = (await readFile(join(to, 'preparation.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ source: from, imageSize: 8, fit: 'crop', pictures: 'png', validation: 'share 0.25', seed: 3 });
    expect(lines).toHaveLength(41);
    expect(
      lines
        .slice(1)
        .map(({ source: path }) => path)
        .sort(),
    ).toEqual([...Array(20).keys()].flatMap((i) => [`cat/${i}.png`, `dog/${i}.png`]).sort());

    const again = join(to, '..', 'again');
    await expect(prepareDataset(to, again, { imageSize: 4, validation: { share: 0.5 } })).rejects.toThrow(/validation apart already/);
    expect((await prepareDataset(to, again, { imageSize: 4 })).domains).toEqual(made.domains);
  });

  test('comes out of a table and of an archive as out of a folder', async () => {
    const { from, to, prepare } = await source();
    const options = { validation: { share: 0.4 } };
    await prepare(options);
    const names = ['cat/0.png', 'cat/1.png', 'cat/2.png', 'cat/3.png', 'dog/0.png', 'dog/1.png', 'dog/2.png'];
    const zip = join(to, '..', 'images.zip');
    await writeFile(
      zip,
      await zipOf(await Promise.all(names.map(async (name) => [`wrapped/${name}`, await readFile(join(from, name))] as const))),
    );
    await prepareDataset(zip, join(to, '..', 'of-zip'), { imageSize: 8, ...options });
    const table = join(to, '..', 'images.csv');
    await writeFile(table, `file,domain\n${names.map((name) => `source/${name},${name.slice(0, 3)}`).join('\n')}\n`);
    await prepareDataset(table, join(to, '..', 'of-csv'), { imageSize: 8 });

    const { 'preparation.jsonl': ofFolder, ...folder } = await filesBelow(to);
    const { 'preparation.jsonl': ofZip, ...archive } = await filesBelow(join(to, '..', 'of-zip'));
    expect(archive).toEqual(folder);
    expect(ofZip).not.toBe(ofFolder);
    const tabled = await filesBelow(join(to, '..', 'of-csv'));
    expect(Object.values(tabled)).toEqual(expect.arrayContaining(Object.values(folder)));
  });

  test('never changes the source', async () => {
    const { from, prepare } = await source();
    const before = await filesBelow(from);
    await prepare({ validation: { share: 0.3 } });
    expect(await filesBelow(from)).toEqual(before);
  });
});

describe('run again', () => {
  test('keeps what is whole, and makes anew what is damaged, gone or of a changed source', async () => {
    const { from, to, prepare } = await source();
    await prepare();
    const before = await filesBelow(to);
    const made = (name: string): string => join(to, 'train', 'cat', name);
    await writeFile(made('0.png'), 'torn');
    await rm(made('1.png'));
    await writePng(join(from, 'cat', '2.png'), noiseImage(24, 16, 99));
    await utimes(join(from, 'cat', '2.png'), 1, 1);
    await writePng(join(from, 'cat', 'new.png'), noiseImage(24, 16, 100));
    expect(await prepare()).toMatchObject({ made: 4, kept: 4 });
    const after = await filesBelow(to);
    const differing = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(differing).toEqual(['preparation.jsonl', 'train/cat/2.png', 'train/cat/new.png']);
    expect(await prepare()).toMatchObject({ made: 0, kept: 8 });
  });

  test('puts up with a torn manifest', async () => {
    const { to, prepare } = await source();
    await prepare();
    const file = join(to, 'preparation.jsonl');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.slice(0, -20));
    expect(await prepare()).toMatchObject({ made: 1, kept: 6 });
    expect((await readFile(file, 'utf8')).split('\n').sort()).toEqual(whole.split('\n').sort());
  });

  test('is refused in another way, in a folder of something else, and in the source', async () => {
    const { from, to, prepare } = await source();
    await prepare();
    await expect(prepare({ imageSize: 16, fit: 'pad' })).rejects.toThrow(
      /prepared was prepared in another way: size 8 \(now 16\), fit crop \(now pad\); ask for the same, or name another folder/,
    );
    await expect(prepareDataset(from, from, { imageSize: 8 })).rejects.toThrow(/lie in each other/);
    await expect(prepareDataset(from, join(from, 'cat', 'x'), { imageSize: 8 })).rejects.toThrow(/lie in each other/);
    await expect(prepareDataset(from, join(from, '..'), { imageSize: 8 })).rejects.toThrow(/lie in each other/);
    const other = join(to, '..', 'other');
    await mkdir(other);
    await writeFile(join(other, 'thesis.txt'), 'mine');
    await expect(prepareDataset(from, other, { imageSize: 8 })).rejects.toThrow(
      /other must be empty or a data set that was prepared before, got thesis\.txt/,
    );
  });

  test('a manifest that names files elsewhere removes none', async () => {
    const { to, prepare } = await source({ cat: 10, dog: 10 });
    await prepare({ validation: { share: 0.5 } });
    const victim = join(to, '..', 'victim.png');
    await writeFile(victim, 'mine');
    for (const output of ['train/../../victim.png', '../victim.png', victim])
      await appendFile(
        join(to, 'preparation.jsonl'),
        `${JSON.stringify({ output, source: 'cat/0.png', stamp: '', sha256: '', width: 1, height: 1 })}\n`,
      );
    await prepare({ validation: { share: 0.5 } });
    expect(await readFile(victim, 'utf8')).toBe('mine');
  });

  test('a picture that changes sides is on one of them only; of a removed source it stays and is named', async () => {
    const { from, to, prepare } = await source({ cat: 4, dog: 4 });
    // So small a share chooses one image; without it, the next one.
    const choice = { validation: { share: 1e-9 } };
    await prepare(choice);
    const held = (await openDataset(to)).validation!.domains[0]!.files[0]!;
    const name = held.slice(held.lastIndexOf('/') + 1);
    await rm(join(from, 'cat', name));
    const { foreign, made } = await prepare(choice);
    expect(foreign).toEqual([`val/cat/${name}`]);
    expect(made).toBe(1);
    await rm(held);
    const { train, validation } = await openDataset(to);
    expect([train.domains[0]!.files.length, validation!.domains[0]!.files.length]).toEqual([2, 1]);
  });

  test('after a stop or on a disk that was full goes on where it was', async () => {
    const { to, prepare } = await source({ cat: 12, dog: 12 });
    const controller = new AbortController();
    const stopped = prepare({ signal: controller.signal, onProgress: (done) => done === 5 && controller.abort(new Error('Ctrl-C')) });
    await expect(stopped).rejects.toThrow('Ctrl-C');
    const pictures = async (): Promise<string[]> => Object.keys(await filesBelow(to)).filter((name) => name.endsWith('.png'));
    const there = await pictures();
    expect(there.length).toBeGreaterThanOrEqual(5);
    expect(there.length).toBeLessThan(24);
    for (const file of there) expect((await decodeImage(join(to, file))).width).toBe(8);
    failing.writes = 4;
    await expect(prepare()).rejects.toThrow(
      /there is no space left for .*prepared \(ENOSPC\); free some and run it again: pictures that are made stay/,
    );
    failing.writes = Infinity;
    expect((await readdir(to)).sort()).toEqual(['preparation.jsonl', 'train']);
    const more = await pictures();
    expect(more.length).toBeGreaterThanOrEqual(there.length + 4);
    expect(await prepare()).toMatchObject({ made: 24 - more.length, kept: more.length });
  });

  test('says first what it would do, and writes nothing', async () => {
    const { to, prepare } = await source();
    const planned = await prepare({ dryRun: true, validation: { share: 0.4 } });
    await expect(stat(to)).rejects.toThrow('ENOENT');
    const { made, domains } = await prepare({ validation: { share: 0.4 } });
    expect(planned).toMatchObject({ dryRun: true, made, domains });
    expect(describePreparation(planned)[0]).toMatch(/^would make 7 pictures of 8×8 in /);
    expect(await prepare({ dryRun: true, validation: { share: 0.4 } })).toMatchObject({ made: 0, kept: 7 });
  });
});

describe('pictures that cannot be used', () => {
  const broken = async (counts = { cat: 20, dog: 20 }) => {
    const given = await source(counts);
    await writeFile(join(given.from, 'cat', 'empty.jpg'), '');
    return given;
  };

  test('are passed over and counted, up to the limit', async () => {
    const { from, to, prepare } = await broken();
    const prepared = await prepare();
    expect(prepared).toMatchObject({
      made: 40,
      broken: [{ file: 'cat/empty.jpg', problem: 'damaged', reason: 'the file is empty (0 bytes)' }],
    });
    expect(describePreparation(prepared)).toContain('  cat/empty.jpg: the file is empty (0 bytes)');
    expect(await allFiles(to)).toHaveLength(40);
    for (const name of ['a', 'b']) await writeFile(join(from, 'cat', `${name}.png`), 'no picture');
    await expect(prepare()).rejects.toThrow(/3 of the 23 images of "cat" are broken, at most 2 may be \(corruptLimit 0\.1\)/);
    expect((await prepare({ onCorrupt: 'skip' })).broken).toHaveLength(3);
    expect((await prepare({ corruptLimit: 0.2 })).broken).toHaveLength(3);
  });

  test('stop the work by choice', async () => {
    const { prepare } = await broken();
    await expect(prepare({ onCorrupt: 'refuse' })).rejects.toThrow(/^cat\/empty\.jpg: the file is empty/);
  });

  test('leave no domain without pictures', async () => {
    const { from, prepare } = await source({ cat: 2, dog: 2 });
    for (const name of ['0', '1']) await writeFile(join(from, 'cat', `${name}.png`), '');
    await expect(prepare({ onCorrupt: 'skip' })).rejects.toThrow(
      /the domain "cat" has no usable image to train on, so .*prepared is no data set yet \(2 broken: cat\/0\.png: the file is empty \(0 bytes\), cat\/1\.png/,
    );
  });

  test('are not all that a small domain has on one side, as long as others are there', async () => {
    for (const share of [1e-9, 1 - 1e-9]) {
      const { from, to, prepare } = await source({ cat: 3, dog: 3 });
      // The image that would be alone on its side.
      const plan = await prepare({ validation: { share } });
      const side = plan.domains[0]!.validation === 1 ? 'val' : 'train';
      const [alone] = await readdir(join(to, side, 'cat'));
      await rm(to, { recursive: true });
      await writeFile(join(from, 'cat', alone!), '');
      for (const made of [5, 1]) {
        const prepared = await prepare({ validation: { share } });
        // Run again, the choice begins anew, and one picture changes sides twice.
        expect(prepared).toMatchObject({ made, kept: 5 - made, broken: [{ file: `cat/${alone!}` }], foreign: [] });
        expect(prepared.domains.map(({ train, validation }) => train + validation)).toEqual([2, 3]);
        const { train, validation } = await openDataset(to);
        expect([train, validation!].map(({ domains }) => domains[0]!.files.length)).toEqual([1, 1]);
      }
    }
  });

  test('missing files of a table are among them', async () => {
    const { from, to } = await source();
    const table = join(from, '..', 'images.csv');
    await writeFile(table, 'file,domain\nsource/cat/0.png,cat\nsource/dog/0.png,dog\nsource/dog/99.png,dog\n');
    const { made, broken: left } = await prepareDataset(table, to, { imageSize: 8 });
    expect(made).toBe(2);
    expect(left).toMatchObject([{ file: 'dog/source/dog/99.png', problem: 'unreadable' }]);
  });

  test('of more pixels than allowed are among them, by their header', async () => {
    const { from, prepare } = await source({ cat: 2, dog: 2 });
    await writePng(join(from, 'cat', 'large.png'), noiseImage(40, 40));
    expect((await prepare({ maxPixels: 1000 })).broken).toMatchObject([{ file: 'cat/large.png', problem: 'too-large' }]);
  });
});

describe.skipIf(process.platform === 'win32' || process.platform === 'darwin')('on Linux', () => {
  test('named pipes are not opened, and names that are not UTF-8 become portable', async () => {
    const { from, to, prepare } = await source();
    execFileSync('mkfifo', [join(from, 'cat', 'pipe.png')]);
    await rename(join(from, 'dog'), pathBytes(join(from, 'd\udcf6g')));
    await rename(pathBytes(join(from, 'd\udcf6g', '0.png')), pathBytes(join(from, 'd\udcf6g', 'caf\udce9.png')));
    const { passedOver, domains } = await prepare();
    expect(passedOver).toMatchObject([{ kind: 'special', count: 1 }]);
    expect(domains.map(({ name }) => name)).toEqual(['cat', 'd\udcf6g']);
    expect(Object.keys(await filesBelow(to)).filter((name) => name.includes('_x'))).toEqual([
      'train/d_xf6g/1.png',
      'train/d_xf6g/2.png',
      'train/d_xf6g/caf_xe9.png',
    ]);
    expect(await prepare()).toMatchObject({ made: 0, kept: 7 });
  });
});

test('a hundred domains of one or two pictures, and one domain, of 16 and of 1024', async () => {
  for (const [domains, imageSize] of [
    [100, 16],
    [1, 1024],
  ] as const) {
    const { to, prepare } = await source(Object.fromEntries(Array.from({ length: domains }, (_, i) => [`d${i}`, 1 + (i % 2)])));
    const prepared = await prepare({ imageSize });
    expect(prepared.domains).toHaveLength(domains);
    const { train } = await openDataset(to);
    expect(train.domains.map(({ name }) => name)).toEqual(prepared.domains.map(({ name }) => name));
    expect(prepared.enlarged).toBe(imageSize === 1024 ? prepared.made : 0);
    const { width, height } = await decodeImage(train.domains[0]!.files[0]!);
    expect([width, height]).toEqual([imageSize, imageSize]);
    const [, line] = describePreparation(prepared);
    expect(line!.length).toBeLessThan(200);
  }
});

test('options out of range are refused', async () => {
  const { prepare } = await source({ cat: 1 });
  for (const options of [{ imageSize: 0 }, { imageSize: 1e6 }, { seed: -1 }, { corruptLimit: 2 }, { validation: { share: 0 } }])
    await expect(prepare(options)).rejects.toThrow(RangeError);
});

test('a copy of a prepared data set elsewhere is a data set as well', async () => {
  const { to, prepare } = await source();
  await prepare();
  await cp(to, join(to, '..', 'copy'), { recursive: true });
  expect(await allFiles(join(to, '..', 'copy'))).toHaveLength(7);
});
