import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readSafetensors } from '@stargan/checkpoints';
import { fill, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { readMetricLog, findCheckpoint, runPaths } from '@stargan/run';
import {
  buildNetworks,
  buildOptimizers,
  describeFault,
  disposeState,
  findNonFinite,
  findNonFiniteUpdate,
  initialState,
  type TrainingState,
  writeCheckpoint,
} from '@stargan/training';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { train } from './train.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

const networks = buildNetworks(smallConfig(), 2);

function withState(check: (state: TrainingState) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const state = initialState(networks, buildOptimizers(smallConfig()), 1);
    try {
      await check(state);
    } finally {
      disposeState(state);
    }
  };
}

function poison(tensors: Record<string, ReturnType<typeof fill>>, name: string, value: number): void {
  const { shape } = tensors[name]!;
  tensors[name]!.dispose();
  tensors[name] = fill([...shape], value);
}

describe('values that are not finite', () => {
  it(
    'are found in weights, gradients and averages, and named in the order of an iteration',
    withState((state) => {
      const before = memory().numTensors;
      expect([findNonFinite(state), findNonFiniteUpdate(state)]).toEqual([undefined, undefined]);
      expect(memory().numTensors).toBe(before);
      poison(state.ema.generator, 'to_rgb.2.bias', NaN);
      expect(describeFault(findNonFinite(state)!)).toBe('the moving average to_rgb.2.bias in the generator is not finite (3 of 3 values)');
      poison(state.weights.generator, 'from_rgb.bias', -Infinity);
      expect(findNonFiniteUpdate(state)).toMatchObject({ role: 'weight', network: 'generator', name: 'from_rgb.bias' });
      const { second, layout } = state.moments.discriminator!;
      state.moments.discriminator = { ...state.moments.discriminator!, second: fill(second.shape, Infinity) };
      second.dispose();
      expect(findNonFiniteUpdate(state)).toMatchObject({ role: 'mean squared gradient', network: 'discriminator', name: layout.names[0] });
    }),
  );

  it(
    'are not mistaken for large ones whose sum overflows',
    withState((state) => {
      poison(state.weights.generator, 'from_rgb.weight', 3e38);
      expect(findNonFiniteUpdate(state)).toBeUndefined();
    }),
  );

  it(
    'are not saved',
    withState(async (state) => {
      poison(state.ema.generator, 'to_rgb.2.bias', NaN);
      const out = path.join(folder(), 'unsaved');
      await expect(writeCheckpoint(out, networks, state, 1)).rejects.toThrow(
        'iteration 0 is not saved: the moving average to_rgb.2.bias in the generator is not finite',
      );
      expect((await findCheckpoint(out)).checkpoint).toBeUndefined();
    }),
  );
});

/** The mapping network's first update makes its weights overflow. */
const explosive = { mappingLearningRate: 1e39, saveEvery: 1, keepCheckpoints: 1 };

describe('a training whose last update blows up', () => {
  it('is not done, keeps the checkpoint before, and writes batch and statistics down', async () => {
    const out = path.join(folder(), 'stopped');
    await train({ data, out, config: smallConfig({ iterations: 1, keepCheckpoints: 1 }) });
    await expect(train({ data, out, config: smallConfig({ ...explosive, iterations: 2 }), resume: true })).rejects.toThrow(
      /iteration 2: the weight .* in the mappingNetwork is not finite .*; training stopped, the last good checkpoint is .*0000001: lower learningRate .*; batch and statistics are in .*non-finite.0000002/,
    );
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000001']);
    expect((await readdir(runPaths(out).samples)).every((name) => name.startsWith('0000001'))).toBe(true);
    const dump = path.join(runPaths(out).nonFinite, '0000002');
    const { tensors } = await readSafetensors(path.join(dump, 'batch.safetensors'));
    expect(tensors.image?.shape).toEqual([2, 16, 16, 3]);
    expect(Object.keys(tensors).sort()).toEqual(['domain', 'image', 'latent', 'latent2', 'reference', 'reference2', 'targetDomain']);
    const statistics = JSON.parse(await readFile(path.join(dump, 'statistics.json'), 'utf8')) as {
      found: object;
      images: { source: string[] };
      tensors: { name: string; nan: number; infinite: number }[];
    };
    expect(statistics).toMatchObject({ iteration: 2, draw: 1, found: { tensor: { role: 'weight', network: 'mappingNetwork' } } });
    expect(statistics.images.source).toHaveLength(2);
    expect(statistics.tensors.filter(({ nan, infinite }) => nan + infinite > 0).length).toBeGreaterThan(0);
    // With a usable rate the same run goes on.
    expect(await train({ data, out, config: smallConfig({ iterations: 2, keepCheckpoints: 1 }), resume: true })).toMatchObject({
      completed: true,
    });
  });

  it.each([1, 2])(
    'to finite weights that are too large to compute with is not done either, nor saved (iteration %i)',
    async (iterations) => {
      const out = path.join(folder(), `overflow-${iterations}`);
      const config = smallConfig({ iterations, saveEvery: 1, mappingLearningRate: 1e38, sampleEvery: 1 });
      await expect(train({ data, out, config })).rejects.toThrow(
        /iteration 1: the mappingNetwork gives values that are not finite, though its weights are finite; training stopped, there is no checkpoint yet/,
      );
      expect((await findCheckpoint(out)).checkpoint).toBeUndefined();
      expect((await readdir(runPaths(out).samples)).every((name) => name.startsWith('0000000'))).toBe(true);
    },
  );

  it('goes back to the last checkpoint as often as it may, passing over the draws it used, and remembers it', async () => {
    const out = path.join(folder(), 'rolled-back');
    await train({ data, out, config: smallConfig({ iterations: 3, saveEvery: 2 }) });
    await expect(
      train({ data, out, config: smallConfig({ ...explosive, iterations: 9, onNonFinite: 'rollback', maxRollbacks: 2 }), resume: true }),
    ).rejects.toThrow(/training stopped after 2 roll-backs, the last good checkpoint is .*0000003/);
    const events = (await readFile(runPaths(out).history, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.filter(({ event }) => event === 'rolledBack')).toMatchObject([
      { iteration: 3, from: 4, drawOffset: 1, rollbacks: 1 },
      { iteration: 3, from: 4, drawOffset: 2, rollbacks: 2 },
    ]);
    expect(events.filter(({ event }) => event === 'nonFinite').map(({ draw }) => draw)).toEqual([3, 4, 5]);
    expect((await readdir(runPaths(out).nonFinite)).sort()).toEqual(['0000004', '0000004-2', '0000004-3']);
    expect((await readMetricLog(runPaths(out).log)).map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  });
});
