import path from 'node:path';
import { easedWeights, slidingColumn, toByte, type FloatPixels, type SquareImages, type Model, type Pixels } from '@stargan/training';
import { memory, tensor4d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { styleFromSeed, styleTensor } from '../model-styles.js';
import { interpolateStyles, type Style } from '../style.js';
import { loadSmallModel } from '../testing/small-model.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { countDistinctFrames, countFrames, frameSize, interpolationFrames, type FramesOptions, type Keyframe } from './frames.js';

const SIZE = 16;
let model: Model;
const styles: Style[] = [];
useTemporaryFolder(async (created) => {
  model = await loadSmallModel(path.join(created, 'run'));
  for (const seed of [1, 2, 3]) styles.push(await styleFromSeed(model, seed === 3 ? 'circle' : 'triangle', seed));
});
afterAll(() => model.dispose());

const image = (seed: number): Float32Array => Float32Array.from({ length: SIZE * SIZE * 3 }, (_, i) => Math.sin(i * 0.1 + seed));
const sources: SquareImages = { size: SIZE, data: Float32Array.from([...image(1), ...image(2)]) };

async function collect(keyframes: readonly Keyframe[], options?: FramesOptions): Promise<Pixels[]> {
  const frames: Pixels[] = [];
  for await (const frame of interpolationFrames(model, sources, keyframes, options)) frames.push(frame);
  return frames;
}

/** A part of a frame as rows of levels. */
function cut({ width, data }: Pixels, left: number, top: number, columns: number, rows: number): number[] {
  return Array.from({ length: rows }, (_, y) => [
    ...data.subarray(((top + y) * width + left) * 3, ((top + y) * width + left + columns) * 3),
  ]).flat();
}

/** What the model makes of the sources in a style, as levels. */
function translated(style: Style): number[][] {
  const input = tensor4d(sources.data, [2, SIZE, SIZE, 3]);
  const codes = styleTensor([style]);
  const output = model.translate(input, { style: codes });
  const levels = [...output.dataSync()].map(toByte);
  for (const tensor of [input, codes, output]) tensor.dispose();
  return [levels.slice(0, levels.length / 2), levels.slice(levels.length / 2)];
}

const withPicture = (style: Style, seed: number): Keyframe => ({ style, picture: image(10 * seed) });

describe('interpolationFrames', () => {
  it('shows the sources above their translations in the eased styles', async () => {
    const frames = await collect([{ style: styles[0]! }, { style: styles[1]! }]);
    expect(frames).toHaveLength(2 * 31);
    const weights = easedWeights();
    for (const place of [0, 5, 10, 30]) {
      const expected = translated(interpolateStyles(styles[0]!, styles[1]!, weights[place]!));
      for (const source of [0, 1]) {
        const levels = [...image(source + 1)].map(toByte);
        expect(cut(frames[place]!, source * SIZE, 0, SIZE, SIZE)).toEqual(levels);
        expect(cut(frames[place]!, source * SIZE, SIZE, SIZE, SIZE)).toEqual(expected[source]);
      }
    }
  });

  it('ends as it begins, so that nothing jumps when it is shown again', async () => {
    const frames = await collect([1, 2, 3].map((seed, i) => withPicture(styles[i]!, seed)));
    expect(frames).toHaveLength(3 * 31);
    expect(frames.at(-1)!.data).toEqual(frames[0]!.data);
  });

  it('has no jump anywhere: no step is much larger than those beside it', async () => {
    const frames = await collect([1, 2, 3].map((seed, i) => withPicture(styles[i]!, seed)));
    const circle = [...frames, frames[0]!];
    const steps = frames.map(
      ({ data }, i) => data.reduce((sum, value, at) => sum + Math.abs(value - circle[i + 1]!.data[at]!), 0) / data.length,
    );
    // Between any two changes the frames stand still.
    for (const change of [0, 1, 2]) for (const held of [21, 25, 30]) expect(steps[change * 31 + held]).toBe(0);
    expect(Math.max(...steps)).toBeGreaterThan(0);
  });

  it('draws the references of the first change as the reference implementation does', async () => {
    const pictures = [withPicture(styles[0]!, 1), withPicture(styles[1]!, 2)];
    const frames = await collect(pictures, { loop: false });
    const pixels = ({ picture }: Keyframe): FloatPixels => ({ height: SIZE, width: SIZE, data: picture! });
    const column = slidingColumn(pixels(pictures[0]!), pixels(pictures[1]!), SIZE / 8);
    expect(frames).toHaveLength(31 + 10);
    for (const [place, expected] of column.entries())
      expect(cut(frames[place]!, 0, 0, SIZE + SIZE / 8, 2 * SIZE)).toEqual([...expected.data].map(toByte));
    for (const frame of frames.slice(31)) expect(frame).toBe(frames[30]);
  });

  it('goes on scrolling from change to change', async () => {
    const frames = await collect(
      [1, 2, 3].map((seed, i) => withPicture(styles[i]!, seed)),
      { loop: false },
    );
    expect(frames[31]).toBe(frames[30]);
    // While the third comes from below, the first leaves at the top.
    const weight = easedWeights()[10]!;
    const left = Math.trunc(SIZE * (1 - weight));
    expect(left).toBeGreaterThan(0);
    expect(cut(frames[31 + 10]!, 0, 0, SIZE, left)).toEqual([...image(10)].map(toByte).slice(-left * SIZE * 3));
    // The first reference has left; the second stands beside the sources, the third beside the translations.
    expect(cut(frames[61]!, 0, 0, SIZE, SIZE)).toEqual([...image(20)].map(toByte));
    expect(cut(frames[61]!, 0, SIZE, SIZE, SIZE)).toEqual([...image(30)].map(toByte));
  });

  it('counts its frames, and those that differ', async () => {
    for (const loop of [true, false]) {
      for (const keyframes of [2, 3]) {
        const frames = await collect(
          styles.slice(0, keyframes).map((style) => ({ style })),
          { loop },
        );
        expect(frames).toHaveLength(countFrames(keyframes, loop));
        expect(new Set(frames).size).toBe(countDistinctFrames(keyframes, loop));
        expect(frames[0]).toMatchObject(frameSize(SIZE, 2, false));
      }
    }
  });

  it('has even sides, which MP4 needs, for every size of a model', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 12 }), fc.integer({ min: 1, max: 32 }), fc.boolean(), (power, count, references) => {
        const { height, width } = frameSize(2 ** power, count, references);
        expect([height % 2, width % 2]).toEqual([0, 0]);
      }),
    );
  });

  it('refuses fewer than two styles, and pictures for some of them', async () => {
    await expect(collect([{ style: styles[0]! }])).rejects.toThrow('a video needs at least two styles to change between, got 1');
    await expect(collect([{ style: styles[0]! }, withPicture(styles[1]!, 1)])).rejects.toThrow('must have reference pictures, or none');
  });

  it('ends when it is stopped, and leaves no tensors', async () => {
    const before = memory().numTensors;
    const controller = new AbortController();
    const reason = new Error('enough');
    const frames = interpolationFrames(
      model,
      sources,
      styles.map((style) => ({ style })),
      { signal: controller.signal },
    );
    await frames.next();
    controller.abort(reason);
    await expect(frames.next()).rejects.toBe(reason);
    expect(memory().numTensors).toBe(before);
  });
});
