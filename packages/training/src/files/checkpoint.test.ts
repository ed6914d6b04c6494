import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { add, memory, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { selectFrozen, type Frozen } from '../networks/freeze.js';
import { EMA_NETWORKS, buildNetworks, NETWORK_NAMES } from '../networks/networks.js';
import { mapNames } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { checkpointDirectory, readState, writeCheckpoint } from './checkpoint.js';
import { buildOptimizers, disposeState, frozenOf, initialState, type TrainingState } from '../iteration/state.js';
import { readAverages } from './read-averages.js';

const folder = useTemporaryFolder();
const networks = buildNetworks(smallConfig(), 2);

/** A state in which no two tensors are alike. */
function someState(frozen: Frozen = {}): TrainingState {
  const state = initialState(networks, buildOptimizers(smallConfig()), 1, frozen);
  let count = 0;
  const other = (tensor: Tensor): Tensor => {
    const moved = add(tensor, ++count / 64);
    tensor.dispose();
    return moved;
  };
  for (const averages of Object.values(state.ema)) for (const [name, tensor] of Object.entries(averages)) averages[name] = other(tensor);
  for (const [name, moments] of Object.entries(state.moments) as [
    keyof TrainingState['moments'],
    NonNullable<TrainingState['moments']['generator']>,
  ][]) {
    state.moments[name] = {
      ...moments,
      step: 20 + ++count,
      first: other(moments.first) as typeof moments.first,
      second: other(moments.second) as typeof moments.second,
    };
  }
  return Object.assign(state, { iteration: 12, drawOffset: 5, rollbacks: 3 });
}

/** All that a state is, as plain values. */
function contentOf({ weights, ema, moments, ...counts }: TrainingState): object {
  const plain = (tensors: Readonly<Record<string, Tensor>>): object =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [tensor.shape, [...tensor.dataSync()]]]));
  return {
    ...counts,
    weights: mapNames(NETWORK_NAMES, (name) => plain(weights[name])),
    ema: mapNames(EMA_NETWORKS, (name) => plain(ema[name])),
    moments: Object.fromEntries(
      Object.entries(moments).map(([name, { step, first, second }]) => [name, { step, ...plain({ first, second }) }]),
    ),
  };
}

/** Iterations that a run has checkpoints of. */
const kept = async (run: string): Promise<string[]> => (await readdir(checkpointDirectory(run))).sort();

describe('a checkpoint', () => {
  it('gives back every tensor and every count of the state, to the bit', async () => {
    const state = someState();
    const checkpoint = await writeCheckpoint(path.join(folder(), 'whole'), networks, state, 1);
    const read = await readState(networks, checkpoint);
    expect(contentOf(read)).toEqual(contentOf(state));
    const ema = await readAverages(networks, checkpoint);
    for (const name of EMA_NETWORKS)
      for (const [parameter, tensor] of Object.entries(ema[name]))
        expect(tensor.dataSync()).toEqual(state.ema[name][parameter]!.dataSync());
    disposeState({ ...read, ema });
    disposeState(read);
    disposeState(state);
  });

  it('holds no moments of what is frozen, and is read as it was written, and not otherwise', async () => {
    const frozen = selectFrozen(networks, 'freezeD,generator.*,mapping_network.shared.*');
    const state = someState(frozen);
    const run = path.join(folder(), 'frozen');
    const checkpoint = await writeCheckpoint(run, networks, state, 1);
    expect((await readdir(checkpoint.path)).filter((name) => name.endsWith('_optimizer.safetensors')).sort()).toEqual([
      'discriminator_optimizer.safetensors',
      'mapping_network_optimizer.safetensors',
      'style_encoder_optimizer.safetensors',
    ]);
    const read = await readState(networks, checkpoint, frozen);
    expect(contentOf(read)).toEqual(contentOf(state));
    expect(frozenOf(read)).toEqual(frozenOf(state));
    await expect(readState(networks, checkpoint)).rejects.toThrow('generator_optimizer.safetensors');
    const more = selectFrozen(networks, 'freezeD,generator.*,mapping_network.*');
    await expect(readState(networks, checkpoint, { ...more, styleEncoder: new Set(['shared.0.bias']) })).rejects.toThrow(
      'tensor first.shared.0.bias (and 1 more) is not one of the model',
    );
    disposeState(read);
    disposeState(state);
  });

  it('holds the adaptive probability of augmentation to the bit, and passes over what cannot be one', async () => {
    const state = Object.assign(someState(), { augmentation: tensor1d([0.1, -2.7, 3]) });
    const checkpoint = await writeCheckpoint(path.join(folder(), 'adaptive'), networks, state, 1);
    const read = await readState(networks, checkpoint);
    expect(read.augmentation!.dataSync()).toEqual(state.augmentation.dataSync());
    for (const each of [read, state]) disposeState(each);
    for (const augmentation of [[0.1, 0], [0.5, null, 1], [2, 0, 0], [0.1, 0, -1], 'half', { 0: 1 }]) {
      const damaged = { ...checkpoint.manifest, metadata: { ...checkpoint.manifest.metadata, augmentation } };
      const without = await readState(networks, { ...checkpoint, manifest: damaged });
      expect(without.augmentation, JSON.stringify(augmentation)).toBeUndefined();
      disposeState(without);
    }
  });

  it('of an earlier version, without counts of roll-backs, has none', async () => {
    const state = someState();
    const checkpoint = await writeCheckpoint(path.join(folder(), 'earlier'), networks, state, 1);
    const read = await readState(networks, { ...checkpoint, manifest: { ...checkpoint.manifest, metadata: {} } });
    expect(read).toMatchObject({ iteration: 12, drawOffset: 0, rollbacks: 0 });
    for (const each of [read, state]) disposeState(each);
  });

  it('that cannot be written takes none of the older ones away, and one that is there takes those beyond the limit', async () => {
    const run = path.join(folder(), 'kept');
    const state = someState();
    const save = async (iteration: number, keep: number, of = networks): Promise<unknown> =>
      writeCheckpoint(run, of, { ...state, iteration }, keep);
    for (const iteration of [1, 2]) await save(iteration, 2);
    // With blocks that these weights are not of.
    await expect(save(3, 2, buildNetworks(smallConfig({ imageSize: 32 }), 2))).rejects.toThrow('could not save iteration 3');
    expect(await kept(run)).toEqual(['0000001', '0000002']);
    await save(3, 2);
    expect(await kept(run)).toEqual(['0000002', '0000003']);
    disposeState(state);
  });

  it('leaves those of later iterations alone, from which training was taken back', async () => {
    const run = path.join(folder(), 'taken-back');
    const state = someState();
    for (const iteration of [5, 8, 6]) await writeCheckpoint(run, networks, { ...state, iteration }, 1);
    expect(await kept(run)).toEqual(['0000006', '0000008']);
    disposeState(state);
  });

  it('may have optimisers with fewer steps by as many as it says, also after another save', async () => {
    const state = someState();
    const steps = Math.min(...Object.values(state.moments).map(({ step }) => step));
    const late = { ...state, iteration: steps + 5, missingSteps: 5 };
    const first = await readState(networks, await writeCheckpoint(path.join(folder(), 'late'), networks, late, 1));
    const second = await readState(networks, await writeCheckpoint(path.join(folder(), 'later'), networks, first, 1));
    expect([first.missingSteps, second.missingSteps]).toEqual([5, 5]);
    const checkpoint = await writeCheckpoint(path.join(folder(), 'too-late'), networks, { ...late, missingSteps: 4 }, 1);
    await expect(readState(networks, checkpoint)).rejects.toThrow(`must be a whole number of at least ${steps + 1}, the iterations done`);
    for (const each of [first, second, state]) disposeState(each);
  });

  it('of moving averages alone is refused by that name', async () => {
    const state = someState();
    const checkpoint = await writeCheckpoint(path.join(folder(), 'averages'), networks, state, 1);
    const files = checkpoint.manifest.files.filter(({ name }) => name.endsWith('_ema.safetensors'));
    await expect(readState(networks, { ...checkpoint, manifest: { ...checkpoint.manifest, files } })).rejects.toThrow(
      /manifest\.json lists the moving averages alone, which images are made with; training cannot go on from them/,
    );
    disposeState(state);
  });

  it('is refused, and nothing left in memory, when an optimiser has fewer steps than there were iterations', async () => {
    const state = someState();
    const checkpoint = await writeCheckpoint(path.join(folder(), 'steps'), networks, state, 1);
    const before = memory().numTensors;
    await expect(readState(networks, { ...checkpoint, iteration: 9999 })).rejects.toThrow(
      /generator_optimizer\.safetensors: step, .* must be a whole number of at least 9999, the iterations done, got "\d+"; take an earlier checkpoint/,
    );
    expect(memory().numTensors).toBe(before);
    disposeState(state);
  });
});
