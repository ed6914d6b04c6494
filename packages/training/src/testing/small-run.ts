import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fill } from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../config/training-config.js';
import { writeCheckpoint } from '../files/checkpoint.js';
import { buildOptimizers, disposeState, initialState } from '../iteration/state.js';
import { buildNetworks } from '../networks/networks.js';
import { smallConfig } from './small-config.js';

/** What a run is made of. */
export interface SmallRun {
  /** Iterations that it has checkpoints of, each with other weights. */
  readonly iterations?: readonly number[];
  /** Values of its configuration. */
  readonly values?: Partial<TrainingConfig>;
  /** Names of its domains. */
  readonly domains?: readonly string[];
  /** Whether the weights of the last checkpoint are finite, but too large to compute with. */
  readonly overflows?: boolean;
}

/** Writes the folder of a run as training does, without training. */
export async function writeSmallRun(
  run: string,
  { iterations = [1], values = {}, domains = ['circle', 'triangle'], overflows = false }: SmallRun = {},
): Promise<void> {
  const config = smallConfig(values);
  const networks = buildNetworks(config, domains.length);
  await mkdir(run, { recursive: true });
  // With a key of the command's own, as every run has them.
  const record = { formatVersion: 1, config: { ...config, logEvery: 10 }, data: '/images', domains };
  await writeFile(path.join(run, 'config.json'), JSON.stringify(record));
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
