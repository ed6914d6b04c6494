import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { planTrainingBatch, type TrainingSampler } from '@stargan/data';
import { describe, expect, it } from 'vitest';
import { type Config, readMetricLog, findCheckpoint, runPaths } from '@stargan/run';
import { buildNetworks, buildOptimizers, disposeBatch, disposeState, initialState, tensorBatch, trainIteration } from '@stargan/training';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { UsageError } from '../usage-error.js';
import { train } from './train.js';

let data = '';
/** With a run of four iterations, from which several tests start. */
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
  await train({ data, out: path.join(created, 'whole'), config: smallConfig({ iterations: 4, saveEvery: 2, sampleEvery: 2 }) });
});

const runFolder = (name: string): string => path.join(folder(), name);

/** A copy of the run of four iterations. */
async function copyOfWhole(name: string): Promise<string> {
  await cp(runFolder('whole'), runFolder(name), { recursive: true });
  return runFolder(name);
}

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
  it('takes the images that a sampler of its caller chooses', async () => {
    const asked: number[] = [];
    const otherImages: TrainingSampler = (folders, draw) => {
      asked.push(draw.iteration);
      return planTrainingBatch(folders, { ...draw, seed: draw.seed + 1 });
    };
    await train({ data, out: runFolder('sampled'), config: smallConfig({ iterations: 1 }), sampler: otherImages });
    expect(asked).toContain(0);
    const [first] = await readMetricLog(runPaths(runFolder('whole')).log);
    const [sampled] = await readMetricLog(runPaths(runFolder('sampled')).log);
    expect(Object.keys(sampled!)).toEqual(Object.keys(first!));
    expect(sampled).not.toEqual(first);
  });

  it('gives equal logs and equal weights for one seed, and others for another', async () => {
    const [half, other] = [runFolder('half'), runFolder('other')];
    await train({ data, out: half, config: smallConfig({ iterations: 2 }) });
    await train({ data, out: other, config: smallConfig({ iterations: 1, seed: 2 }) });
    const whole = await readMetricLog(runPaths(runFolder('whole')).log);
    expect(await readMetricLog(runPaths(half).log)).toEqual(whole.slice(0, 2));
    expect(await readMetricLog(runPaths(other).log)).not.toEqual(whole.slice(0, 1));
    const hashes = await checkpointHashes(half, 2);
    expect(Object.keys(hashes)).toHaveLength(11);
    expect(hashes).toEqual(await checkpointHashes(runFolder('whole'), 2));
  });

  it('continues bit for bit: two iterations, resumed for two more, equal four in one go', async () => {
    const half = runFolder('half');
    const result = await train({ data, out: half, config: smallConfig({ iterations: 4 }), resume: true });
    expect(result).toMatchObject({ iteration: 4, completed: true });
    expect(await checkpointHashes(half, 4)).toEqual(await checkpointHashes(runFolder('whole'), 4));
    expect(await readMetricLog(runPaths(half).log)).toEqual(await readMetricLog(runPaths(runFolder('whole')).log));
  });

  it('continues bit for bit with an adaptive augmentation and relativistic pairs', async () => {
    const config = (iterations: number): Config =>
      smallConfig({
        iterations,
        adversarial: 'relativistic',
        penalty: 'r1r2',
        augmentation: 'color,translation,cutout',
        augmentationTarget: 0.6,
        augmentationImages: 64,
      });
    await train({ data, out: runFolder('adaptive'), config: config(5) });
    // Three iterations are six updates: the sums of the signs are not at a move.
    await train({ data, out: runFolder('adaptive-half'), config: config(3) });
    await train({ data, out: runFolder('adaptive-half'), config: config(5), resume: true });
    expect(await checkpointHashes(runFolder('adaptive-half'), 5)).toEqual(await checkpointHashes(runFolder('adaptive'), 5));
    const log = await readMetricLog(runPaths(runFolder('adaptive')).log);
    expect(await readMetricLog(runPaths(runFolder('adaptive-half')).log)).toEqual(log);
    expect(log.at(-1)).toHaveProperty(['D/augmentation']);
  });

  it('saves and leaves when it is told to stop, and goes on from there', async () => {
    const out = runFolder('stopped');
    const controller = new AbortController();
    controller.abort();
    expect(await train({ data, out, config: smallConfig(), signal: controller.signal })).toMatchObject({ iteration: 0, completed: false });
    expect(await train({ data, out, config: smallConfig({ iterations: 1 }), resume: true })).toMatchObject({
      iteration: 1,
      completed: true,
    });
  });

  it('logs how long it waited for images, also when resumed', async () => {
    const out = runFolder('waiting');
    await train({ data, out, config: smallConfig({ iterations: 3, logEvery: 2 }) });
    await train({ data, out, config: smallConfig({ iterations: 5, logEvery: 2 }), resume: true });
    const speed = await readMetricLog(runPaths(out).speed);
    expect(speed.map(({ iteration, iterations }) => [iteration, iterations])).toEqual([
      [2, 2],
      [3, 1],
      [4, 1],
      [5, 1],
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
    const out = await copyOfWhole('damaged');
    const { checkpoint } = await findCheckpoint(out, 4);
    await writeFile(path.join(checkpoint!.path, 'generator.safetensors'), 'cut off');
    const found = await findCheckpoint(out);
    expect(found.checkpoint?.iteration).toBe(2);
    expect(found.notes[0]).toContain('0000004');
    expect(await train({ data, out, config: smallConfig({ iterations: 4 }), resume: true })).toMatchObject({ iteration: 4 });
  });

  it('keeps as many checkpoints as asked for', async () => {
    const out = runFolder('kept');
    await train({ data, out, config: smallConfig({ iterations: 3, saveEvery: 1, keepCheckpoints: 2 }) });
    expect((await readdir(path.join(out, 'checkpoints'))).sort()).toEqual(['0000002', '0000003']);
  });

  it('writes its sample grids and its configuration', async () => {
    const out = runFolder('whole');
    const names = ['cycle', 'latent', 'reference'];
    expect((await readdir(runPaths(out).samples)).sort()).toEqual(
      ['0000000', '0000002', '0000004'].flatMap((iteration) => names.map((name) => `${iteration}-${name}.png`)),
    );
    expect(JSON.parse(await readFile(runPaths(out).config, 'utf8'))).toMatchObject({
      domains: ['circle', 'square'],
      config: { imageSize: 16 },
    });
  });

  it('stops at a loss that is not finite and names the last good checkpoint', async () => {
    const out = await copyOfWhole('exploded');
    const explosive = smallConfig({ iterations: 50, learningRate: 1e18 });
    await expect(train({ data, out, config: explosive, resume: true })).rejects.toThrow(
      /the loss .* is (NaN|-?Infinity), and the mean gradient of .* in the discriminator is not finite .*; training stopped, the last good checkpoint is .*0000004/,
    );
    expect((await findCheckpoint(out)).checkpoint?.iteration).toBe(4);
  });

  it('does not touch a run that is there already, nor go on with other sizes or domains', async () => {
    const out = runFolder('whole');
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
