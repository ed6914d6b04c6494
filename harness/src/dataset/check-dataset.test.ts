import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openDataset } from '@stargan/data';
import { describe, expect, test } from 'vitest';
import { smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { checkDataset, type CheckPolicy } from './check-dataset.js';

const folder = useTemporaryFolder(async (images) => {
  const data = await smallDataset(images);
  await writeFile(path.join(data, 'train', 'circle', 'broken-1.png'), '');
});

const run = async (policy: Partial<CheckPolicy> = {}) => {
  const lines: string[] = [];
  const dataset = await openDataset(path.join(folder(), 'images'));
  const found = await checkDataset(dataset, { onCorrupt: 'replace', corruptLimit: 0, checkImages: 'header', ...policy }, (line) =>
    lines.push(line),
  );
  return { found, lines };
};

describe('checkDataset', () => {
  test('says what is broken and goes on', async () => {
    const { found, lines } = await run();
    expect(found).toEqual({ check: 'header', broken: 1 });
    expect(lines).toEqual([
      expect.stringMatching(/^1 image of 17 cannot be used and is replaced by others: .*broken-1\.png \(the file is empty \(0 bytes\)\)$/),
    ]);
    expect(await run({ checkImages: 'full' })).toMatchObject({ found: { check: 'full', broken: 1 } });
    expect(await run({ checkImages: 'none' })).toEqual({ found: { check: 'none', broken: 0 }, lines: [] });
  });

  test('refuses, by choice, with the remedy of the command line', async () => {
    await expect(run({ onCorrupt: 'refuse' })).rejects.toThrow(
      /1 image of 17 cannot be used: .*broken-1\.png .*; repair or remove them, or train without it: --set onCorrupt=replace/,
    );
  });

  test('refuses too many, unless they are skipped without a limit', async () => {
    const circle = path.join(folder(), 'images', 'train', 'circle');
    await copyFile(path.join(circle, 'broken-1.png'), path.join(circle, 'broken-2.png'));
    await expect(run()).rejects.toThrow(
      /2 of the 8 images of "circle" are broken.*; repair or remove them, or raise the limit: --set corruptLimit=SHARE/,
    );
    expect((await run({ onCorrupt: 'skip' })).found.broken).toBe(2);
  });
});
