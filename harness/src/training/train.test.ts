import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { readMetricLog } from '../logging/metric-log.js';
import { buildNetworks, buildOptimizers, disposeBatch, disposeState, initialState, tensorBatch, trainIteration } from '@stargan/training';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { UsageError } from '../usage-error.js';
import { findCheckpoint, runPaths } from '../run/run-directory.js';
import { train } from './train.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

const runFolder = (name: string): string => path.join(folder(), name);

/** Hash of every file of a run's checkpoint but the manifest, which holds the time. */
async function checkpointHashes(run: string, iteration: number): Promise<Record<string, string>> {
  const { checkpoint } = await findCheckpoint(run, iteration);
  const names = (await readdir(checkpoint!.path)).filter((name) => name.endsWith('.safetensors')).sort();
  const hash = async (name: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(path.join(checkpoint!.path, name)))
      .digest('hex');
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)] as const)));
}

describe('training', () => {
  it('gives equal logs and equal weights for one seed, and others for another', async () => {
    const config = smallConfig({ iterations: 3 });
    for (const [name, seed] of [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ] as const)
      await train({ data, out: runFolder(name), config: { ...config, seed } });
    const log = (name: string): Promise<unknown> => readMetricLog(runPaths(runFolder(name)).log);
    expect(await log('a')).toEqual(await log('b'));
    expect(await log('a')).not.toEqual(await log('c'));
    const hashes = await checkpointHashes(runFolder('a'), 3);
    expect(Object.keys(hashes)).toHaveLength(11);
    expect(hashes).toEqual(await checkpointHashes(runFolder('b'), 3));
  });

  it('continues bit for bit: four iterations, resumed for four more, equal eight in one go', async () => {
    await train({ data, out: runFolder('whole'), config: smallConfig({ iterations: 8 }) });
    await train({ data, out: runFolder('halves'), config: smallConfig({ iterations: 4 }) });
    const result = await train({ data, out: runFolder('halves'), config: smallConfig({ iterations: 8 }), resume: true });
    expect(result).toMatchObject({ iteration: 8, completed: true });
    expect(await checkpointHashes(runFolder('halves'), 8)).toEqual(await checkpointHashes(runFolder('whole'), 8));
    expect(await readMetricLog(runPaths(runFolder('halves')).log)).toEqual(await readMetricLog(runPaths(runFolder('whole')).log));
  });

  it('saves and leaves when it is told to stop, and goes on from there', async () => {
    const out = runFolder('stopped');
    const controller = new AbortController();
    controller.abort();
    expect(await train({ data, out, config: smallConfig(), signal: controller.signal })).toMatchObject({ iteration: 0, completed: false });
    expect(await train({ data, out, config: smallConfig({ iterations: 3 }), resume: true })).toMatchObject({
      iteration: 3,
      completed: true,
    });
  });

  it('logs how long it waited for images, also when resumed', async () => {
    const out = runFolder('waiting');
    await train({ data, out, config: smallConfig({ iterations: 5, logEvery: 2 }) });
    await train({ data, out, config: smallConfig({ iterations: 7, logEvery: 2 }), resume: true });
    const speed = await readMetricLog(runPaths(out).speed);
    expect(speed.map(({ iteration, iterations }) => [iteration, iterations])).toEqual([
      [2, 2],
      [4, 2],
      [5, 1],
      [6, 1],
      [7, 1],
    ]);
    for (const { seconds, dataWaitSeconds, dataWaitShare } of speed) {
      expect(dataWaitSeconds).toBeGreaterThanOrEqual(0);
      expect(dataWaitSeconds).toBeLessThan(seconds!);
      expect(dataWaitShare).toBeCloseTo(dataWaitSeconds! / seconds!, 9);
    }
    // The first batch cannot be there before the worker has begun.
    expect(speed[0]!.dataWaitSeconds).toBeGreaterThan(0);
  });

  it('passes over a damaged checkpoint and takes the one before', async () => {
    const out = runFolder('damaged');
    await train({ data, out, config: smallConfig({ iterations: 4, saveEvery: 2 }) });
    const { checkpoint } = await findCheckpoint(out, 4);
    await writeFile(path.join(checkpoint!.path, 'generator.safetensors'), 'cut off');
    const found = await findCheckpoint(out);
    expect(found.checkpoint?.iteration).toBe(2);
    expect(found.notes[0]).toContain('0000004');
    expect(await train({ data, out, config: smallConfig({ iterations: 4 }), resume: true })).toMatchObject({ iteration: 4 });
  });

  it('keeps as many checkpoints as asked for', async () => {
    const out = runFolder('kept');
    await train({ data, out, config: smallConfig({ iterations: 5, saveEvery: 1, keepCheckpoints: 2 }) });
    expect((await readdir(path.join(out, 'checkpoints'))).sort()).toEqual(['0000004', '0000005']);
  });

  it('writes its sample grids and its configuration', async () => {
    const out = runFolder('samples');
    await train({ data, out, config: smallConfig({ iterations: 2, sampleEvery: 1 }) });
    const names = ['cycle', 'latent', 'reference'];
    expect((await readdir(runPaths(out).samples)).sort()).toEqual(
      ['0000001', '0000002'].flatMap((iteration) => names.map((name) => `${iteration}-${name}.png`)),
    );
    expect(JSON.parse(await readFile(runPaths(out).config, 'utf8'))).toMatchObject({
      domains: ['circle', 'square'],
      config: { imageSize: 16 },
    });
  });

  it('stops at a loss that is not finite and names the last good checkpoint', async () => {
    const out = runFolder('exploded');
    await train({ data, out, config: smallConfig({ iterations: 1 }) });
    const explosive = smallConfig({ iterations: 50, learningRate: 1e18 });
    await expect(train({ data, out, config: explosive, resume: true })).rejects.toThrow(
      /the loss .* is (NaN|-?Infinity), and the mean gradient of .* in the discriminator is not finite .*; training stopped, the last good checkpoint is .*0000001/,
    );
    expect((await findCheckpoint(out)).checkpoint?.iteration).toBe(1);
  });

  it('does not touch a run that is there already, nor go on with other sizes or domains', async () => {
    const out = runFolder('occupied');
    await train({ data, out, config: smallConfig({ iterations: 1 }) });
    await expect(train({ data, out, config: smallConfig() })).rejects.toThrow(UsageError);
    await expect(train({ data, out, config: smallConfig({ styleDim: 5 }), resume: true })).rejects.toThrow(
      'was trained with styleDim 4, now it is 5',
    );
    await expect(train({ data: path.join(data, 'train', 'circle'), out, config: smallConfig(), resume: true })).rejects.toThrow(
      'one folder per domain',
    );
  });

  it('holds as many tensors after iteration 15 as after iteration 2', () => {
    const config = smallConfig();
    const networks = buildNetworks(config, 2);
    const optimizers = buildOptimizers(config);
    const before = memory().numTensors;
    const state = initialState(networks, optimizers, 1);
    const image = (): Float32Array<ArrayBuffer> => Float32Array.from({ length: 2 * 16 * 16 * 3 }, (_, i) => Math.sin(i));
    const counts: number[] = [];
    for (let iteration = 0; iteration < 15; iteration++) {
      const prepared = {
        iteration,
        source: { images: image(), domains: [0, 1] },
        reference: { images: image(), images2: image(), domains: [1, 1] },
      };
      const batch = tensorBatch(prepared, 16, 4, 1);
      trainIteration(networks, optimizers, state, batch, config);
      disposeBatch(batch);
      counts.push(memory().numTensors);
    }
    expect(counts[14]).toBe(counts[1]);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });
});
