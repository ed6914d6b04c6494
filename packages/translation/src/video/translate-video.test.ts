import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Model } from '@stargan/training';
import { memory } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { RequestError } from '../request-error.js';
import { writeRamp } from '../testing/pictures.js';
import { loadSmallModel } from '../testing/small-model.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { translateVideo } from './translate-video.js';

let model: Model;
const folder = useTemporaryFolder(async (created) => {
  model = await loadSmallModel(path.join(created, 'run'));
  for (const [i, width] of [20, 30].entries()) await writeRamp(path.join(created, 'sources', `${i}.png`), width, 20);
  for (const [i, width] of [20, 40].entries()) await writeRamp(path.join(created, 'references', `${i}.png`), 20, width);
});
afterAll(() => model.dispose());
const at = (...parts: string[]): string => path.join(folder(), ...parts);

describe('translateVideo', () => {
  it('changes between random styles of several domains', async () => {
    const progress: (readonly [number, number])[] = [];
    const file = at('new', 'latent.webp');
    const video = await translateVideo(model, file, [at('sources')], {
      to: ['circle', 'triangle'],
      count: 2,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(video).toMatchObject({ file, frames: 4 * 31, width: 2 * 16 * 8, height: 2 * 16 * 8 });
    expect(video.styles.map(({ name }) => name)).toEqual(['circle-seed-1', 'circle-seed-2', 'triangle-seed-1', 'triangle-seed-2']);
    expect(await sharp(file, { animated: true }).metadata()).toMatchObject({ format: 'webp', width: 256, pageHeight: 256, loop: 0 });
    expect(progress).toHaveLength(4 * 31);
    expect(progress.at(-1)).toEqual([124, 124]);
  });

  it('shows references beside, in the size that is asked for', async () => {
    const video = await translateVideo(model, at('reference.gif'), [at('sources')], {
      to: 'circle',
      reference: at('references'),
      scale: 1,
      loop: false,
    });
    expect(video).toMatchObject({ frames: 31 + 10, width: 16 + 2 + 2 * 16, height: 32 });
    const { data, info } = await sharp(at('reference.gif'), { page: 0 }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    // Above the first reference it is empty.
    expect([info.width, ...data.subarray(0, 3)]).toEqual([50, 0, 0, 0]);
  });

  it.each([
    ['a.avi', { to: 'circle', count: 2 }, 'must end in .webp, .gif or .mp4'],
    ['a.webp', { to: 'circle' }, 'at least two styles to change between, got 1'],
    ['a.webp', { to: 'circle', count: 2, scale: 0 }, 'scale must be a whole number from 1 to 64, got 0'],
    ['a.webp', { to: 'circle', count: 5000 }, 'different frames'],
    ['a.webp', { to: 'cat', count: 2 }, 'its domains are circle, triangle'],
    ['a.mp4', { to: 'circle', count: 2, ffmpeg: '/absent' }, 'MP4 needs ffmpeg'],
  ])('refuses %s with %j before it draws', async (name, options, message) => {
    let drawn = 0;
    const attempt = translateVideo(model, at(name), [at('sources')], { ...options, onProgress: () => drawn++ });
    await expect(attempt).rejects.toThrow(RequestError);
    await expect(attempt).rejects.toThrow(message);
    expect(drawn).toBe(0);
  });

  it('writes nothing when it is stopped, and leaves no tensors', async () => {
    const before = memory().numTensors;
    const controller = new AbortController();
    const attempt = translateVideo(model, at('stopped.webp'), [at('sources')], {
      to: 'circle',
      count: 3,
      onProgress: (done) => done === 5 && controller.abort(),
      signal: controller.signal,
    });
    await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
    expect((await readdir(folder())).filter((name) => name.startsWith('stopped'))).toEqual([]);
    expect(memory().numTensors).toBe(before);
  });
});
