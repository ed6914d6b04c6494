import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkImages } from './check-images.js';
import { encodable, noiseImage } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

/** Whole images of three formats, and broken ones of every kind. */
async function mixture(): Promise<{ file: (name: string) => string; whole: string[]; broken: string[] }> {
  const directory = await temporaryDirectory();
  const file = (name: string): string => join(directory, name);
  const picture = encodable(noiseImage(20, 20));
  const contents = {
    png: await picture.clone().png().toBuffer(),
    jpg: await picture.clone().jpeg().toBuffer(),
    webp: await picture.clone().webp().toBuffer(),
  };
  const whole: string[] = [];
  const broken: string[] = [];
  for (const [extension, content] of Object.entries(contents)) {
    await writeFile(file(`whole.${extension}`), content);
    await writeFile(file(`cut.${extension}`), content);
    await truncate(file(`cut.${extension}`), content.length - 20);
    whole.push(file(`whole.${extension}`));
    broken.push(file(`cut.${extension}`));
  }
  // Bytes after the end are unusual, and harmless.
  await writeFile(file('longer.png'), Buffer.concat([contents.png, Buffer.alloc(1000)]));
  whole.push(file('longer.png'));
  await writeFile(file('empty.png'), '');
  await writeFile(file('text.jpg'), 'not an image at all');
  await mkdir(file('folder.png'));
  broken.push(file('empty.png'), file('text.jpg'), file('folder.png'), file('vanished.png'));
  return { file, whole, broken };
}

describe('checkImages', () => {
  test.each(['header', 'full'] as const)('finds what is broken by %s, with reasons, in the order of the files', async (check) => {
    const { file, whole, broken } = await mixture();
    const found = await checkImages([...whole, ...broken], { check });
    expect(found.map((image) => image.file)).toEqual(broken);
    expect(found.find((image) => image.file === file('empty.png'))!.reason).toBe('the file is empty (0 bytes)');
    expect(found.find((image) => image.file === file('vanished.png'))!.reason).toMatch(/cannot be read \(ENOENT/);
  });

  test('finds damage in the middle by decoding alone', async () => {
    const { file } = await mixture();
    const content = await encodable(noiseImage(40, 40)).png().toBuffer();
    content.fill(0, 1000, 1100);
    await writeFile(file('damaged.png'), content);
    expect(await checkImages([file('damaged.png')])).toEqual([]);
    expect(await checkImages([file('damaged.png')], { check: 'full' })).toHaveLength(1);
  });

  test('tells its progress, and stops when asked to', async () => {
    const { whole } = await mixture();
    const told: number[] = [];
    await checkImages(whole, { onProgress: (done) => told.push(done) });
    expect(told).toEqual([1, 2, 3, 4]);
    await expect(checkImages(whole, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});
