import { copyFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../dataset.js';
import { datasetFindingsOf } from './findings.js';
import { inspectDataset, rangeOf, type Inspection } from './inspect-dataset.js';

/** A data set with one fault of every kind; its pictures are noise. */
let root = '';
afterAll(() => rm(root, { recursive: true, force: true }));
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'stargan-inspection-'));
  let seed = 1;
  const noise = (width: number, height: number) =>
    sharp(
      Uint8Array.from({ length: 3 * width * height }, () => (seed = (seed * 16_807) % 2_147_483_647) >> 8),
      { raw: { width, height, channels: 3 } },
    );
  const at = (...names: string[]): string => path.join(root, 'data', ...names);
  for (const name of ['train/a', 'train/b', 'val/a', 'val/b']) await mkdir(at(name), { recursive: true });
  for (const [name, width, height] of [
    ['train/a/1', 20, 20],
    ['train/a/2', 40, 30],
    ['train/a/3', 60, 30],
    ['train/a/4', 60, 30],
    ['train/b/1', 24, 24],
    ['val/a/1', 16, 16],
    ['val/b/1', 16, 16],
  ] as const) {
    await noise(width, height)
      .png()
      .toFile(at(`${name}.png`));
  }
  await copyFile(at('train/a/1.png'), at('train/b/copy.png'));
  await copyFile(at('train/a/2.png'), at('val/a/copy.png'));
  await truncate(at('train/a/4.png'), 1000);
  await writeFile(at('train/b/empty.jpg'), '');
  await sharp({ create: { width: 20, height: 20, channels: 3, background: '#246' } })
    .png()
    .toFile(at('train/a/flat.png'));
  // The pixels of another file, in other bytes.
  await sharp(at('val/b/1.png')).webp({ lossless: true }).toFile(at('train/b/again.webp'));
  const dark = Uint16Array.from({ length: 400 }, (_, i) => i * 10);
  await sharp(dark, { raw: { width: 20, height: 20, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toFile(at('train/b/dark.png'));
  const halfGrey = Buffer.concat([await noise(32, 16).raw().toBuffer(), Buffer.alloc(32 * 16 * 3, 128)]);
  await sharp(halfGrey, { raw: { width: 32, height: 32, channels: 3 } })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toFile(at('train/b/half.jpg'));
  const frames = sharp(Buffer.concat([0, 1].map((n) => Buffer.alloc(8 * 8 * 3, 90 * n))), {
    raw: { width: 8, height: 16, channels: 3, pageHeight: 8 },
  });
  await frames.webp({ lossless: true }).toFile(at('train/b/moving.webp'));
  await writeFile(at('train/a/notes.txt'), 'notes');
  await mkdir(at('lost+found'));
});

const inspect = async (full: boolean): Promise<Inspection> => inspectDataset(await openDataset(path.join(root, 'data')), { full });

describe('inspectDataset', () => {
  test('finds everything when it decodes', async () => {
    const { broken, duplicates, duplicatesBy, nearEmpty, halfRead, lowRange, passedOver, domains, width } = await inspect(true);
    expect(broken.map(({ file }) => file)).toEqual(['train/a/4.png', 'train/b/empty.jpg']);
    expect(duplicates).toEqual([
      { across: 'domains', files: ['train/a/1.png', 'train/b/copy.png'] },
      { across: 'splits', files: ['train/a/2.png', 'val/a/copy.png'] },
      { across: 'splits', files: ['train/b/again.webp', 'val/b/1.png'] },
    ]);
    expect(duplicatesBy).toBe('pixels');
    expect(nearEmpty).toContain('train/a/flat.png');
    expect(halfRead).toEqual([
      { file: 'train/b/half.jpg', reason: 'the lowest 16 of 32 rows are plain grey, as in a file cut short' },
      { file: 'train/b/moving.webp', reason: 'a file of 2 pictures, of which the first is read' },
    ]);
    expect(lowRange).toEqual([
      { file: 'train/b/dark.png', reason: '16-bit levels up to 3990 of 65535 are read as 0 … 15 of 255: nearly black; stretch them first' },
    ]);
    expect(passedOver).toEqual([
      { file: 'lost+found', kind: 'system' },
      { file: 'train/a/notes.txt', kind: 'other' },
    ]);
    expect(domains[0]).toMatchObject({
      split: 'train',
      name: 'a',
      images: 5,
      broken: 1,
      width: { min: 20, median: 40, max: 60 },
      height: { min: 20, median: 30, max: 30 },
      formats: { png: 5 },
    });
    expect(width).toEqual({ min: 8, median: 20, max: 60 });
  });

  test('finds what headers tell, and leaves out what they do not', async () => {
    const inspection = await inspect(false);
    expect(inspection.broken.map(({ file }) => file)).toEqual(['train/a/4.png', 'train/b/empty.jpg']);
    expect(inspection.nearEmpty).toBeUndefined();
    expect(inspection.duplicatesBy).toBe('bytes');
    expect(inspection.duplicates).toHaveLength(2);
    const duplicates = datasetFindingsOf(inspection).find(({ heading }) => heading.startsWith('duplicates'));
    expect(duplicates!.heading).toBe('duplicates: 4 files of 2 contents, the same in all bytes');
    expect(duplicates!.lines).toContain('train/a/1.png = train/b/copy.png (in several domains, so with two labels)');
  });

  test('stops when asked to', async () => {
    const dataset = await openDataset(path.join(root, 'data'));
    await expect(inspectDataset(dataset, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});

test('the range of numbers has their lower median', () => {
  expect(rangeOf([3, 1, 2, 10])).toEqual({ min: 1, median: 2, max: 10 });
  expect(rangeOf([])).toBeUndefined();
});
