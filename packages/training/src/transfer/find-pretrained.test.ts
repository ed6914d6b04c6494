import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openCheckpoint, openFolder } from '@stargan/checkpoints';
import { ConfigError } from '@stargan/config';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { buildOptimizers, disposeState } from '../iteration/state.js';
import { buildNetworks, EMA_NETWORKS, NETWORK_NAMES } from '../networks/networks.js';
import { disposeAll, initialWeights } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { writeSmallRun } from '../testing/small-run.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { describePretrained } from './describe-transfer.js';
import { findPretrained, type Pretrained } from './find-pretrained.js';
import { planTransfer } from './plan-transfer.js';
import { stateFromPretrained } from './state-from-pretrained.js';

const folder = useTemporaryFolder((created) => writeSmallRun(path.join(created, 'run'), { iterations: [1, 2] }));

async function copyOf(name: string): Promise<string> {
  const run = path.join(folder(), name);
  await cp(path.join(folder(), 'run'), run, { recursive: true });
  return run;
}

const checkpointOf = (run: string, iteration: number): string => path.join(run, 'checkpoints', `${iteration}`.padStart(7, '0'));

/** A run whose checkpoint holds the moving averages alone, as an import may. */
async function averagesAlone(name: string): Promise<string> {
  const run = await copyOf(name);
  await rm(checkpointOf(run, 1), { recursive: true });
  const file = path.join(checkpointOf(run, 2), 'manifest.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { files: { name: string }[] };
  const files = manifest.files.filter((entry) => entry.name.endsWith('_ema.safetensors'));
  await writeFile(file, JSON.stringify({ ...manifest, files }));
  return run;
}

/** What was read is that of the small run's seed, which is the iteration. */
async function expectWeightsOf(pretrained: Pretrained, iteration: number, networks = pretrained.holds): Promise<void> {
  const { weights, origin } = await pretrained.read();
  expect(origin.iteration).toBe(iteration);
  expect(Object.keys(weights)).toEqual(networks);
  const expected = initialWeights(buildNetworks(pretrained.config, pretrained.domains.length), NETWORK_NAMES, iteration);
  for (const name of networks)
    for (const [key, tensor] of Object.entries(expected[name])) expect(weights[name]![key]!.dataSync()).toEqual(tensor.dataSync());
  disposeAll(...Object.values(weights), ...Object.values(expected));
}

describe('a trained model to begin with', () => {
  it('is the newest whole checkpoint of a run, or the one that is asked for, of which no optimiser is read', async () => {
    const run = await copyOf('newest');
    await rm(path.join(checkpointOf(run, 2), 'generator_optimizer.safetensors'));
    const before = memory().numTensors;
    const newest = await findPretrained(run);
    expect(newest.holds).toEqual(NETWORK_NAMES);
    await expectWeightsOf(newest, 2);
    await expectWeightsOf(await findPretrained(run, { iteration: 1, weights: 'live' }), 1);
    await expectWeightsOf(await findPretrained(checkpointOf(run, 1)), 1);
    expect(memory().numTensors).toBe(before);
  });

  it('says where its weights are from: the folder, the iteration and the sums of the files', async () => {
    for (const source of [path.join(folder(), 'run'), checkpointOf(path.join(folder(), 'run'), 2)]) {
      const { weights, origin } = await (await findPretrained(source)).read();
      expect(origin).toMatchObject({ run: 'run', iteration: 2, weights: 'ema' });
      expect(Object.keys(origin.files).sort()).toEqual([
        'discriminator.safetensors',
        'generator_ema.safetensors',
        'mapping_network_ema.safetensors',
        'style_encoder_ema.safetensors',
      ]);
      const { manifest } = await openCheckpoint(openFolder(checkpointOf(path.join(folder(), 'run'), 2)), { verify: 'sha256' });
      for (const { name, sha256 } of manifest.files) if (name in origin.files) expect(origin.files[name]).toBe(sha256);
      disposeAll(...Object.values(weights));
    }
  });

  it('passes over a checkpoint with a damaged file, the discriminator too, and names it', async () => {
    const run = await copyOf('damaged');
    await appendFile(path.join(checkpointOf(run, 2), 'discriminator.safetensors'), 'x');
    const passedOver: string[] = [];
    const pretrained = await findPretrained(run, { onPassedOver: (broken) => passedOver.push(broken.reason) });
    await expectWeightsOf(pretrained, 1);
    expect(passedOver).toHaveLength(1);
    expect(passedOver[0]).toContain('discriminator.safetensors');
  });

  it('is looked for again where its training has removed the checkpoint meanwhile', async () => {
    const run = await copyOf('trained on');
    await rm(checkpointOf(run, 2), { recursive: true });
    const pretrained = await findPretrained(run);
    expect(pretrained.checkpoint.iteration).toBe(1);
    await cp(checkpointOf(path.join(folder(), 'run'), 2), checkpointOf(run, 2), { recursive: true });
    await rm(checkpointOf(run, 1), { recursive: true });
    await expectWeightsOf(pretrained, 2);
    await rm(checkpointOf(run, 2), { recursive: true });
    await expect(pretrained.read()).rejects.toThrow('has no checkpoint');
  });

  it('may hold the moving averages alone, and then has no live weights', async () => {
    const run = await averagesAlone('averages');
    const pretrained = await findPretrained(run);
    expect(pretrained.holds).toEqual(EMA_NETWORKS);
    expect(describePretrained(pretrained)).toBe(
      `begins with the weights of ${checkpointOf(run, 2)}, iteration 2: the moving averages; it holds no discriminator, which is new`,
    );
    await expectWeightsOf(pretrained, 2, EMA_NETWORKS);
    const live = findPretrained(run, { weights: 'live' });
    await expect(live).rejects.toThrow(ConfigError);
    await expect(live).rejects.toThrow('holds the moving averages alone, which images are made with, and no live weights');
  });

  it('is not found where there is none', async () => {
    await expect(findPretrained(path.join(folder(), 'nowhere'))).rejects.toThrow('holds no model (there is no config.json)');
    await expect(findPretrained(path.join(folder(), 'run'), { iteration: 7 })).rejects.toThrow('no whole checkpoint of iteration 7');
  });
});

describe('a state that begins with it', () => {
  it('has its weights, moving averages that are the same, moments of zero for what trains, and nothing else in memory', async () => {
    const before = memory().numTensors;
    const pretrained = await findPretrained(path.join(folder(), 'run'));
    const config = smallConfig({ freeze: 'freezeD,generator.encode.*' });
    const plan = planTransfer(pretrained, { config, domains: ['square', 'circle'] });
    const { state, origin } = await stateFromPretrained(pretrained, plan, buildOptimizers(config), 5);
    expect(origin).toMatchObject({ run: 'run', iteration: 2 });
    expect([state.iteration, state.drawOffset, state.missingSteps]).toEqual([0, 0, 0]);
    for (const name of EMA_NETWORKS)
      for (const [key, tensor] of Object.entries(state.weights[name])) expect(state.ema[name][key]!.dataSync()).toEqual(tensor.dataSync());
    for (const name of NETWORK_NAMES) {
      const { step, layout, first, second } = state.moments[name]!;
      expect(step).toBe(0);
      expect([...first.dataSync(), ...second.dataSync()].every((value) => value === 0)).toBe(true);
      expect([...layout.names].sort()).toEqual(
        Object.keys(state.weights[name])
          .filter((key) => plan.frozen[name]?.has(key) !== true)
          .sort(),
      );
    }
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });

  it('leaves nothing behind where a file cannot be read', async () => {
    const run = await copyOf('unreadable');
    const pretrained = await findPretrained(run);
    await writeFile(path.join(checkpointOf(run, 2), 'style_encoder_ema.safetensors'), 'nothing');
    const before = memory().numTensors;
    const plan = planTransfer(pretrained, pretrained);
    await expect(stateFromPretrained(pretrained, plan, buildOptimizers(pretrained.config), 5)).rejects.toThrow(
      'style_encoder_ema.safetensors',
    );
    expect(memory().numTensors).toBe(before);
  });
});
