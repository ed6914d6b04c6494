import { cp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fill, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { buildNetworks, buildOptimizers, disposeAll, disposeState, initialState, writeCheckpoint } from '@stargan/training';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { openAverages, openNewestState } from './open-state.js';
import { requireCheckpoint } from './run-directory.js';

const config = smallConfig();
const networks = buildNetworks(config, 2);
const model = { networks, domains: 2, sizes: config };

/** A run with checkpoints of these iterations; the weights of the last one may be too large to compute with. */
async function runOf(run: string, iterations: readonly number[], { overflows = false } = {}): Promise<void> {
  for (const iteration of iterations) {
    const state = initialState(networks, buildOptimizers(config), iteration);
    for (const moments of Object.values(state.moments)) Object.assign(moments, { step: iteration });
    state.iteration = iteration;
    if (overflows && iteration === iterations.at(-1)) {
      const name = 'shared.2.weight';
      const { shape } = state.averages.mappingNetwork[name]!;
      state.averages.mappingNetwork[name]!.dispose();
      state.averages.mappingNetwork[name] = fill(shape, 3e38);
    }
    await writeCheckpoint(run, networks, state, iterations.length).finally(() => disposeState(state));
  }
}

const folder = useTemporaryFolder((created) => runOf(path.join(created, 'good'), [1, 2]));

describe('reading a run that is being trained', () => {
  it('looks for another checkpoint when the one it reads is removed', async () => {
    const run = path.join(folder(), 'pruned');
    await cp(path.join(folder(), 'good'), run, { recursive: true });
    const given: number[] = [];
    const { checkpoint, weights } = await openAverages(model, async () => {
      const { checkpoint: found } = await requireCheckpoint(run);
      given.push(found.iteration);
      if (found.iteration === 2) await rm(found.path, { recursive: true });
      return found;
    });
    expect([given, checkpoint.iteration]).toEqual([[2, 1], 1]);
    disposeAll(...Object.values(weights));
  });

  it('does not try again where a file is damaged', async () => {
    const run = path.join(folder(), 'damaged');
    await cp(path.join(folder(), 'good'), run, { recursive: true });
    let asked = 0;
    const opening = openAverages(model, async () => {
      asked++;
      const { checkpoint } = await requireCheckpoint(run);
      await writeFile(path.join(checkpoint.path, 'style_encoder_ema.safetensors'), 'half');
      return checkpoint;
    });
    await expect(opening).rejects.toThrow(/style_encoder_ema\.safetensors: a safetensors file has at least 8 bytes/);
    expect(asked).toBe(1);
  });
});

describe('finite weights that are too large to compute with', () => {
  it('are refused for pictures and passed over by a resumed training', async () => {
    const run = path.join(folder(), 'overflowing');
    await runOf(run, [1, 2], { overflows: true });
    const before = memory().numTensors;
    await expect(openAverages(model, async () => (await requireCheckpoint(run)).checkpoint)).rejects.toThrow(
      /0000002: the mappingNetwork gives values that are not finite, though its weights are finite; the checkpoint cannot be used, take an earlier one/,
    );
    expect(memory().numTensors).toBe(before);
    const said: string[] = [];
    const opened = await openNewestState(run, networks, { ...model, log: (line) => said.push(line) });
    expect(opened?.checkpoint.iteration).toBe(1);
    expect(said.join()).toMatch(
      /0000002 was passed over: the mappingNetwork gives values that are not finite, .* \(with the moving averages\)/,
    );
    disposeState(opened!.state);
    expect(memory().numTensors).toBe(before);
  });
});
