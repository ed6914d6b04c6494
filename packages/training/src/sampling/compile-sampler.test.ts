import path from 'node:path';
import { dispose, memory, randomNormal, tidy, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { capture, whyNotCaptured } from '@stargan/backend';
import type { Compile } from '@stargan/ops';
import { expect, it } from 'vitest';
import { openModel } from '../files/open-model.js';
import { loadModel } from '../load-model.js';
import { disposeAll } from '../networks/weights.js';
import { writeSmallRun } from '../testing/small-run.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { compileSampler } from './compile-sampler.js';
import type { Sampler } from './translate.js';

const folder = useTemporaryFolder((created) => writeSmallRun(path.join(created, 'run'), { values: { imageSize: 32, highPass: 1 } }));

/** Captures, and counts what was replayed when that is disposed of. */
function countingCapture(): { readonly compile: Compile; readonly replayed: () => number } {
  let replayed = 0;
  const compile: Compile = (f) => {
    const captured = capture(f, { onPlain: () => undefined });
    const dispose = (): void => {
      replayed += captured.statistics().replayed;
      captured.dispose();
    };
    return Object.assign((...given: Parameters<typeof f>) => captured(...given), { dispose });
  };
  return { compile, replayed: () => replayed };
}

const images = [1, 2, 3, 4].map((seed) => () => randomNormal<Rank.R4>([2, 32, 32, 3], 0, 0.3, 'float32', seed));

it('a loaded model translates to the same bits, replayed or not, and gives everything back', async () => {
  const before = memory().numTensors;
  const translations = async (compile?: Compile): Promise<number[][]> => {
    const model = await loadModel(path.join(folder(), 'run'), { compile });
    const pixels = images.map((image, seed) =>
      tidy(() => Array.from(model.translate(image(), { to: 'triangle', seed }).dataSync<'float32'>())),
    );
    model.dispose();
    model.dispose();
    return pixels;
  };
  const { compile, replayed } = countingCapture();
  expect(await translations(compile)).toEqual(await translations());
  expect(replayed()).toBe(whyNotCaptured() === undefined ? 2 : 0);
  expect(memory().numTensors).toBe(before);
});

it('a generator with masks runs as it is', async () => {
  const model = await openModel(path.join(folder(), 'run'));
  const { compile, replayed } = countingCapture();
  const compiled = compileSampler(model, compile);
  const style = randomNormal<Rank.R2>([2, model.config.styleDim], 0, 1, 'float32', 9);
  const mask = randomNormal<Rank.R4>([2, 32, 32, 1], 0, 1, 'float32', 8);
  const through = ({ networks, weights }: Sampler): number[][] =>
    images.map((image) =>
      tidy(() => Array.from((networks.generator.apply(weights.generator, image(), style, [mask, mask]) as Tensor).dataSync<'float32'>())),
    );
  expect(through(compiled.sampler)).toEqual(through(model));
  compiled.dispose();
  expect(replayed()).toBe(0);
  dispose([style, mask]);
  disposeAll(...Object.values(model.weights));
});
