import { spawnSync } from 'node:child_process';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '@stargan/random';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleAugmentation } from './augmentation.js';
import { BrokenImagesError } from './corrupt-limit.js';
import { ImageFileError } from './image-file-error.js';
import { openImageFolders, type ImageFolders } from './image-folders.js';
import { pixelsToFloats } from '@stargan/resizing';
import { resizeBilinear } from '@stargan/resizing';
import { noiseImage, writePng } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';
import type { TrainingBatch } from './training-batch.js';
import { planTrainingBatch, type PlannedImage, type TrainingSampler } from './training-plan.js';
import { createTrainingStream, type TrainingStream, type TrainingStreamOptions } from './training-stream.js';

const settings = { imageSize: 8, batch: 3, seed: 11 };

/** Two domains of three noise images each; image i of domain d is `noiseImage(12, 10, 10 * d + i)`. */
async function noiseFolders(): Promise<ImageFolders> {
  const directory = await temporaryDirectory();
  for (const domain of [0, 1]) {
    for (const index of [0, 1, 2]) {
      await writePng(join(directory, `domain${domain}`, `${index}.png`), noiseImage(12, 10, 10 * domain + index));
    }
  }
  return openImageFolders(directory);
}

function open(folders: ImageFolders, options: Partial<TrainingStreamOptions> = {}): TrainingStream {
  const stream = createTrainingStream(folders, { ...settings, ...options });
  onTestFinished(() => stream.close());
  return stream;
}

/** Blocks this thread until the others have been idle for a second; their time counts as this process's. */
function blockUntilIdle(): void {
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  for (let idle = 0, before = process.cpuUsage().user; idle < 5;) {
    Atomics.wait(asleep, 0, 0, 200);
    const { user } = process.cpuUsage();
    // Looking takes some of it, too.
    idle = user - before < 2000 ? idle + 1 : 0;
    before = user;
  }
}

describe('createTrainingStream', () => {
  test('takes another sampler, and gives what it chooses', async () => {
    const folders = await noiseFolders();
    /** The images of a domain in their order, one domain after the other. */
    const sampler: TrainingSampler = ({ domains }, { iteration, batch }) => {
      const at = (place: number): PlannedImage => {
        const domain = iteration % domains.length;
        const { files } = domains[domain]!;
        return { domain, file: files[place % files.length]!, stream: `place/${place}` };
      };
      const places = Array.from({ length: batch }, (_, place) => place);
      return { iteration, source: places.map(at), reference: places.map((place) => ({ first: at(place), second: at(place + 1) })) };
    };
    const batchesOf = async (options: Partial<TrainingStreamOptions>): Promise<TrainingBatch[]> => {
      const stream = open(folders, { cropProbability: 0, sampler, ...options });
      return [await stream.next(), await stream.next()];
    };
    const [first, second] = await batchesOf({});
    expect([first!.source.domains, second!.source.domains]).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(await batchesOf({ workers: 2, prefetch: 0 })).toEqual([first, second]);
    const [again] = await batchesOf({ startIteration: 1 });
    expect(again).toEqual(second);
  });

  test('names a sampler that chooses other numbers of images', async () => {
    const folders = await noiseFolders();
    const stream = open(folders, { sampler: (from, options) => planTrainingBatch(from, { ...options, batch: 2 }) });
    await expect(stream.next()).rejects.toThrow(
      'iteration 0 could not be prepared: sampler must give 3 source images and reference pairs for iteration 0, got 2 and 2 for 0',
    );
  });

  test('gives the planned images, augmented from their streams', async () => {
    const folders = await noiseFolders();
    const stream = open(folders);
    for (let iteration = 0; iteration < 5; iteration++) {
      const batch = await stream.next();
      const plan = planTrainingBatch(folders, { seed: 11, iteration, batch: 3 });
      const expected = (planned: (typeof plan.source)[number]) => {
        const image = noiseImage(12, 10, 10 * planned.domain + Number(/(\d)\.png/.exec(planned.file)![1]));
        const { box, flip } = sampleAugmentation(12, 10, randomStream(11, planned.stream, iteration));
        return [...pixelsToFloats(resizeBilinear(image, 8, 8, box), { flip })];
      };
      expect(batch.iteration).toBe(iteration);
      expect([...batch.source.images]).toEqual(plan.source.flatMap(expected));
      expect([...batch.reference.images]).toEqual(plan.reference.flatMap(({ first }) => expected(first)));
      expect([...batch.reference.images2]).toEqual(plan.reference.flatMap(({ second }) => expected(second)));
      expect(batch.source.domains).toEqual(plan.source.map(({ domain }) => domain));
      expect(batch.reference.domains).toEqual(plan.reference.map(({ first }) => first.domain));
    }
  });

  test('gives the same batches from any start, with any prefetching, workers and cache', async () => {
    const folders = await noiseFolders();
    const stream = open(folders);
    const batches = [];
    for (let iteration = 0; iteration < 6; iteration++) batches.push(await stream.next());
    for (const options of [
      { prefetch: 0, cacheBytes: 0 },
      { workers: 3, prefetch: 5 },
      { workers: 2, prefetch: 1, cacheBytes: 400 },
    ]) {
      const other = open(folders, { startIteration: 2, ...options });
      for (let iteration = 2; iteration < 6; iteration++) expect(await other.next()).toEqual(batches[iteration]);
    }
  });

  test('decodes a data set that fits into the cache once', async () => {
    const stream = open(await noiseFolders());
    for (let iteration = 0; iteration < 12; iteration++) await stream.next();
    expect(stream.statistics().decodedImages).toBe(6);
    expect(stream.statistics().waitSeconds).toBeGreaterThan(0);
  });

  test('works ahead while this thread is blocked', async () => {
    const folders = await noiseFolders();
    const stream = open(folders, { prefetch: 4 });
    await stream.next();
    // Nothing that the worker sends can arrive during this; it has to have the requests already.
    blockUntilIdle();
    const settled: number[] = [];
    const coming = [1, 2, 3, 4].map((iteration) => stream.next().then(() => settled.push(iteration)));
    // All four answers lie in the port: they arrive together, before the worker could answer anything asked just now.
    await coming[0];
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toEqual([1, 2, 3, 4]);
    await Promise.all(coming);
  });

  test('prepares no more than prefetch batches ahead', async () => {
    const stream = open(await noiseFolders(), { cacheBytes: 0, prefetch: 2, batch: 1 });
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    // A batch of one decodes at most three images; the one given and two ahead make nine.
    expect(stream.statistics().decodedImages).toBeLessThanOrEqual(9);
  });

  test('refuses a corrupt image with its name and both remedies, and stays refused', async () => {
    const folders = await noiseFolders();
    const corrupt = folders.domains[1]!.files[1]!;
    await writeFile(corrupt, 'corrupt');
    const stream = open(folders, { onCorrupt: 'refuse' });
    const failure = await failureOf(stream);
    expect(failure).toBeInstanceOf(ImageFileError);
    expect(failure).toMatchObject({
      file: corrupt,
      problem: 'not-an-image',
      reason: 'not a JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or PPM image',
    });
    expect(failure.message).toContain('convert or remove the file');
    expect(failure.message).toContain("set onCorrupt: 'replace'");
    await expect(stream.next()).rejects.toBe(failure);
  });

  test('passes on what is odd about images, and the kind of fault of those it leaves out', async () => {
    const folders = await noiseFolders();
    const [dark, cut] = folders.domains[0]!.files;
    await writeFile(dark!, Buffer.concat([Buffer.from('P5 2 1 65535\n'), Buffer.of(0, 1, 0, 200)]));
    await truncate(cut!, 60);
    const stream = open(folders, { corruptLimit: 0.5 });
    for (let iteration = 0; iteration < 6; iteration++) await stream.next();
    const { skipped, noted } = stream.statistics();
    expect(skipped).toMatchObject([{ file: cut, problem: 'damaged', remedy: 'repair or remove the file' }]);
    expect(noted).toEqual([{ file: dark, notes: [expect.stringContaining('read as black or nearly so')] }]);
  });

  test('replaces images that break while it runs: vanished, cut short or turned into folders', async () => {
    const folders = await noiseFolders();
    const stream = open(folders, { cacheBytes: 0, prefetch: 0, corruptLimit: 0.7 });
    await stream.next();
    const [gone, cut] = folders.domains[0]!.files;
    const folder = folders.domains[1]!.files[2]!;
    for (const file of [gone!, folder]) await rm(file);
    await mkdir(folder);
    await truncate(cut!, 60);
    for (let iteration = 1; iteration < 12; iteration++) await stream.next();
    const { skipped } = stream.statistics();
    expect(skipped.map(({ file }) => file).sort()).toEqual([gone, cut, folder]);
    // Another run that meets them in the same state draws the same.
    const [other, third] = [
      open(folders, { startIteration: 8, corruptLimit: 0.7 }),
      open(folders, { startIteration: 8, workers: 3, onCorrupt: 'skip' }),
    ];
    for (let iteration = 8; iteration < 12; iteration++) expect(await other.next()).toEqual(await third.next());
  });

  test('stops with a list when too many images of a domain are broken, unless there is no limit', async () => {
    const folders = await noiseFolders();
    const broken = folders.domains[1]!.files.slice(0, 2);
    for (const file of broken) await writeFile(file, '');
    const failure = await failureOf(open(folders));
    expect(failure).toBeInstanceOf(BrokenImagesError);
    expect(failure.message).toMatch(
      /2 of the 3 images of "domain1" are broken, at most 1 may be \(corruptLimit 0\.1\): .*0\.png \(the file is empty \(0 bytes\)\), .*1\.png/,
    );
    const stream = open(folders, { onCorrupt: 'skip' });
    for (let iteration = 0; iteration < 30; iteration++) await stream.next();
  });

  test('skips corrupt images, the same way every time, and names each once', async () => {
    const folders = await noiseFolders();
    const corrupt = [folders.domains[0]!.files[0]!, folders.domains[1]!.files[2]!];
    await writeFile(corrupt[0]!, '');
    await writeFile(corrupt[1]!, 'corrupt');
    const stream = open(folders, { onCorrupt: 'skip' });
    const batches = [];
    for (let iteration = 0; iteration < 10; iteration++) batches.push(await stream.next());
    expect(
      stream
        .statistics()
        .skipped.map(({ file }) => file)
        .sort(),
    ).toEqual(corrupt);
    expect(stream.statistics().skipped.find(({ file }) => file === corrupt[0])?.reason).toBe('the file is empty (0 bytes)');

    const other = open(folders, { onCorrupt: 'skip', startIteration: 7, workers: 2 });
    for (const iteration of [7, 8, 9]) expect(await other.next()).toEqual(batches[iteration]);

    // The label stays, and the image is one of the domain's others.
    const plan = planTrainingBatch(folders, { seed: 11, iteration: 0, batch: 3 });
    expect(batches[0]!.source.domains).toEqual(plan.source.map(({ domain }) => domain));
  });

  test('stops when no image of a domain can be used', async () => {
    const folders = await noiseFolders();
    for (const file of folders.domains[1]!.files) await writeFile(file, '');
    const failure = await failureOf(open(folders, { onCorrupt: 'skip' }));
    expect(failure.message).toContain('no image of the domain "domain1" can be used');
  });

  test('refuses options out of range by name', async () => {
    const folders = await noiseFolders();
    expect(() => open(folders, { batch: 0 })).toThrow('createTrainingStream: batch must be a whole number ≥ 1, got 0');
    expect(() => open(folders, { imageSize: 2.5 })).toThrow('imageSize must be a whole number ≥ 1, got 2.5');
    expect(() => open(folders, { startIteration: -1 })).toThrow('startIteration must be a whole number ≥ 0, got -1');
    expect(() => open(folders, { cropProbability: 2 })).toThrow('cropProbability must be in [0, 1], got 2');
  });

  test('fails what is asked for after it is closed', async () => {
    const stream = open(await noiseFolders());
    const pending = stream.next();
    const outcome = expect(pending).rejects.toThrow('the stream is closed');
    await stream.close();
    await outcome;
    await expect(stream.next()).rejects.toThrow('the stream is closed; create another one');
    await stream.close();
  });

  test.each([
    ['is closed', 'await stream.next(); await stream.close();'],
    ['is closed at once', 'await stream.close();'],
    ['is forgotten', 'await stream.next();'],
    ['is forgotten at once', ''],
  ])('lets Node end when it %s', async (_, statements) => {
    const { directory } = await noiseFolders();
    const program = `
      import { createTrainingStream, openImageFolders } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
      const stream = createTrainingStream(await openImageFolders(${JSON.stringify(directory)}), ${JSON.stringify(settings)});
      ${statements}
      console.log('done');`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
  });
});

async function failureOf(stream: TrainingStream): Promise<Error> {
  for (let iteration = 0; iteration < 30; iteration++) {
    try {
      await stream.next();
    } catch (error) {
      if (error instanceof Error) return error;
    }
  }
  throw new Error('no batch has failed');
}
