import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { writeDemoImages } from '@stargan/data';
import { readStatistics, writeStatistics } from '@stargan/metrics/npz';
import sharp from 'sharp';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addWeights } from '@stargan/pretrained';
import { addInception } from '@stargan/testing/made-up-weights';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { compareFolders, type CompareOptions, type FolderComparison } from './compare-folders.js';
import { featuresFolder } from './features-of-files.js';

let circles = '';
let squares = '';
const folder = useTemporaryFolder(async (created) => {
  const data = path.join(created, 'images');
  await writeDemoImages(data, { imagesPerDomain: 6, validationPerDomain: 1, imageSize: 24, domains: ['circle', 'square'] });
  [circles, squares] = [path.join(data, 'train', 'circle'), path.join(data, 'train', 'square')];
  await addInception(addWeights, path.join(created, 'cache'), 'torchvision');
  await addInception(addWeights, path.join(created, 'cache'), 'fid');
});
beforeEach(() => void vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'cache')));
afterAll(() => void vi.unstubAllEnvs());

async function compare(options: Pick<CompareOptions, 'real'> & Partial<CompareOptions>): Promise<FolderComparison> {
  const before = memory().numTensors;
  const comparison = await compareFolders({ fids: ['clean'], imageSize: 32, seed: 0, ...options });
  expect(memory().numTensors).toBe(before);
  return comparison!;
}

describe('comparing folders', () => {
  let there: FolderComparison;

  it('gives a folder compared with itself distance 0 and full marks, under every convention', async () => {
    const { scores, real } = await compare({ real: circles, fake: circles, fids: ['stargan2', 'clean', 'pytorch'] });
    expect(real).toEqual({ path: circles, images: 6 });
    for (const fid of ['stargan2', 'clean', 'pytorch']) {
      expect(scores.values[`fid-${fid}`]).toBeLessThan(1e-6);
      expect(scores.values).toMatchObject({ [`precision-${fid}`]: 1, [`recall-${fid}`]: 1, [`coverage-${fid}`]: 1 });
    }
    expect(scores.reasons).toEqual({});
  });

  it('tells different folders apart the same way round, and finds kept features again', async () => {
    there = await compare({ real: circles, fake: squares });
    const files = await readdir(featuresFolder());
    const back = await compare({ real: squares, fake: circles });
    expect(there.scores.values['fid-clean']).toBeGreaterThan(1e-3);
    expect(back.scores.values['fid-clean']).toBeCloseTo(there.scores.values['fid-clean']!, 6);
    expect(back.scores.values['precision-clean']).toBe(there.scores.values['recall-clean']);
    // Only the real side is kept, once for each content and convention.
    expect(await readdir(featuresFolder())).toHaveLength(files.length + 1);
    for (const file of files) await writeFile(path.join(featuresFolder(), file), 'damaged');
    expect((await compare({ real: circles, fake: squares })).scores).toEqual(there.scores);
  });

  it('takes statistics for a folder, its own or those of pytorch-fid', async () => {
    const file = path.join(folder(), 'circles.npz');
    const alone = await compare({ real: circles, saveStatistics: file });
    expect(alone.scores.values).toEqual({});
    const statistics = await compare({ real: file, fake: squares });
    expect(statistics.real.images).toBe(6);
    expect(statistics.scores.values['fid-clean']).toBe(there.scores.values['fid-clean']);
    expect(statistics.scores.values['kid-clean']).toBeNull();
    expect(statistics.scores.reasons['kid-clean']).toContain('needs the images of both sides');
    const { mean, covariance } = await readStatistics(file);
    // Moved by one along one axis: the distance between means is all there is.
    await writeStatistics(path.join(folder(), 'moved.npz'), { mean: mean.map((value, i) => value + Number(i === 7)), covariance });
    vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'none'));
    const moved = await compare({ real: file, fake: path.join(folder(), 'moved.npz') });
    expect(moved.scores.values['fid-clean']).toBeCloseTo(1, 6);
    expect(moved.notes.join()).toContain(
      'moved.npz does not say whose FID the statistics are for: they are taken for fid-clean, as --fid says',
    );
  });

  it('takes the convention of statistics from their file, and refuses what does not compare', async () => {
    const clean = path.join(folder(), 'circles.npz');
    const statistics = await readStatistics(clean);
    expect(statistics).toMatchObject({ count: 6, convention: 'fid-clean', weights: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    const { conventions, scores } = await compare({ real: clean, fake: clean, fids: undefined });
    expect(conventions).toEqual(['clean']);
    // A root of a product of matrices is exact to the last digits alone, which differ between processors.
    expect(scores.values['fid-clean']).toBeCloseTo(0, 10);
    await expect(compare({ real: clean, fake: circles, fids: ['pytorch'] })).rejects.toThrow(
      'circles.npz holds statistics of fid-clean, which do not compare as fid-pytorch',
    );
    const other = path.join(folder(), 'other-weights.npz');
    await writeStatistics(other, { ...statistics, weights: 'f'.repeat(64) });
    await expect(compare({ real: other, fake: circles, fids: undefined })).rejects.toThrow(/was made with other weights of Inception-v3/);
  });

  it('reads pixels as they are stored, as the tools of the conventions do, and says where images are turned', async () => {
    const [plain, turned] = [path.join(folder(), 'plain'), path.join(folder(), 'turned')];
    for (const created of [plain, turned]) await mkdir(created);
    for (const name of (await readdir(circles)).slice(0, 3)) {
      await sharp(path.join(circles, name))
        .png()
        .toFile(path.join(plain, `${name}.png`));
      await sharp(path.join(circles, name))
        .withMetadata({ orientation: 6 })
        .png()
        .toFile(path.join(turned, `${name}.png`));
    }
    const { scores, notes } = await compare({ real: plain, fake: turned, fids: ['pytorch'] });
    expect(scores.values['fid-pytorch']).toBeLessThan(1e-6);
    expect(notes).toEqual([
      expect.stringMatching(/^3 of 3 images of .*turned are stored turned \(EXIF orientation\): training shows them upright/),
    ]);
  });

  it('explains what it cannot use', async () => {
    await mkdir(path.join(folder(), 'nothing'));
    await writeFile(path.join(folder(), 'file.txt'), 'x');
    await writeFile(path.join(folder(), 'hostile.npz'), 'PK\x03\x04 no archive');
    await writeStatistics(path.join(folder(), 'short.npz'), { mean: new Float64Array(64), covariance: new Float64Array(64 * 64) });
    await expect(compare({ real: path.join(folder(), 'nothing'), fake: circles })).rejects.toThrow(/holds no images/);
    await expect(compare({ real: path.join(folder(), 'absent'), fake: circles })).rejects.toThrow(/absent does not exist/);
    await expect(compare({ real: path.join(folder(), 'file.txt'), fake: circles })).rejects.toThrow(
      /give a folder of images, or statistics/,
    );
    await expect(compare({ real: path.join(folder(), 'hostile.npz'), fake: circles })).rejects.toThrow(/hostile\.npz/);
    await expect(compare({ real: path.join(folder(), 'short.npz'), fake: circles })).rejects.toThrow(
      /statistics of 64 features; Inception-v3 gives 2048/,
    );
    vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'none'));
    await expect(compare({ real: circles, fake: circles })).rejects.toThrow('run "stargan weights fetch inception-fid"');
  });

  it('does not compute with weights whose features are not finite', async () => {
    const cache = path.join(folder(), 'infinite');
    await addInception(addWeights, cache, 'fid', Infinity);
    vi.stubEnv('STARGAN_CACHE_DIR', cache);
    await expect(compare({ real: circles, fake: circles })).rejects.toThrow(/inception-fid.*are not finite: the weights are damaged/);
  });

  it('stops when it is told to', async () => {
    expect(
      await compareFolders({ real: circles, fake: squares, fids: ['pytorch'], imageSize: 32, seed: 0, signal: AbortSignal.abort() }),
    ).toBeUndefined();
  });
});
