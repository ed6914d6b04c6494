import path from 'node:path';
import { fill, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { buildOptimizers, disposeState, initialState } from '../iteration/state.js';
import { buildNetworks } from '../networks/networks.js';
import { smallConfig } from '../testing/small-config.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { writeCheckpoint } from './checkpoint.js';
import { openNewestState } from './open-newest-state.js';

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
      const { shape } = state.ema.mappingNetwork[name]!;
      state.ema.mappingNetwork[name]!.dispose();
      state.ema.mappingNetwork[name] = fill(shape, 3e38);
    }
    await writeCheckpoint(run, networks, state, iterations.length).finally(() => disposeState(state));
  }
}

const folder = useTemporaryFolder();

describe('finite weights that are too large to compute with', () => {
  it('are passed over by a resumed training', async () => {
    const run = path.join(folder(), 'overflowing');
    await runOf(run, [1, 2], { overflows: true });
    const before = memory().numTensors;
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
