import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataset } from '../dataset.js';
import { writeDemoImages } from '../demo-images.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { checkDataset, type CheckDatasetOptions } from './check-dataset.js';

/** A data set of 16 images and one broken one. */
async function brokenDataset() {
  const directory = await temporaryDirectory();
  await writeDemoImages(directory, { imagesPerDomain: 6, validationPerDomain: 2, imageSize: 24, domains: ['circle', 'square'] });
  const circles = join(directory, 'train', 'circle');
  await writeFile(join(circles, 'broken-1.png'), '');
  const run = async (options: CheckDatasetOptions = {}) => {
    const lines: string[] = [];
    const found = await checkDataset(await openDataset(directory), { corruptLimit: 0, log: (line) => lines.push(line), ...options });
    return { found, lines };
  };
  return { circles, run };
}

describe('checkDataset', () => {
  test('says what is broken and goes on', async () => {
    const { run } = await brokenDataset();
    const { found, lines } = await run();
    expect(found).toEqual({ check: 'header', broken: 1 });
    expect(lines).toEqual([
      expect.stringMatching(/^1 image of 17 cannot be used and is replaced by others: .*broken-1\.png \(the file is empty \(0 bytes\)\)$/),
    ]);
    expect(await run({ check: 'full' })).toMatchObject({ found: { check: 'full', broken: 1 } });
    expect(await run({ check: 'none' })).toEqual({ found: { check: 'none', broken: 0 }, lines: [] });
  });

  test('counts as not done where it was stopped', async () => {
    const { run } = await brokenDataset();
    expect(await run({ signal: AbortSignal.abort() })).toEqual({ found: { check: 'none', broken: 0 }, lines: [] });
  });

  test('refuses, by choice, with the remedy that it is given', async () => {
    const { run } = await brokenDataset();
    const remedies = { replace: 'train without it: --replace', limit: 'more of them: --limit', list: 'see them all: --list' };
    await expect(run({ onCorrupt: 'refuse', remedies })).rejects.toThrow(
      /1 image of 17 cannot be used: .*broken-1\.png .*; repair or remove them, or train without it: --replace/,
    );
  });

  test('refuses too many, unless they are skipped without a limit', async () => {
    const { circles, run } = await brokenDataset();
    await copyFile(join(circles, 'broken-1.png'), join(circles, 'broken-2.png'));
    await expect(run()).rejects.toThrow(
      /2 of the 8 images of "circle" are broken.*; repair or remove them, or raise corruptLimit to train without them/,
    );
    expect((await run({ onCorrupt: 'skip' })).found.broken).toBe(2);
  });
});
