import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { abs, add, mul, randomNormal, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { parseFields } from '@stargan/config';
import {
  buildNetworks,
  buildOptimizers,
  disposeState,
  initialState,
  trainingFields,
  writeCheckpoint,
  type TrainingConfig,
  type TrainingState,
} from '@stargan/training';

/** A configuration of small networks. */
export const smallConfig = (values: Partial<TrainingConfig> = {}): TrainingConfig =>
  parseFields(trainingFields, {
    imageSize: 32,
    widthBudget: 256,
    maxWidth: 24,
    styleDim: 6,
    latentDim: 5,
    hiddenDim: 10,
    batch: 2,
    ...values,
  });

/** What a run is made of. */
export interface RandomRun {
  readonly values?: Partial<TrainingConfig>;
  readonly domains?: readonly string[];
  readonly iteration?: number;
}

/** Writes the folder of a run whose weights, averages and moments are all random and all differ, biases and scales included. */
export async function writeRandomRun(
  run: string,
  { values = {}, domains = ['cat', 'dog', 'wild'], iteration = 7 }: RandomRun = {},
): Promise<TrainingConfig> {
  const config = smallConfig(values);
  const networks = buildNetworks(config, domains.length);
  const state = initialState(networks, buildOptimizers(config), 1);
  state.iteration = iteration;
  let seed = 0;
  const noise = (tensor: Tensor): Tensor => randomNormal(tensor.shape, 0, 0.1, 'float32', ++seed);
  const replaced = <T extends Tensor>(tensor: T, make: (tensor: Tensor) => Tensor): T => {
    const made = make(tensor);
    tensor.dispose();
    return made as T;
  };
  for (const record of [...Object.values(state.weights), ...Object.values(state.ema)])
    for (const [key, tensor] of Object.entries(record)) record[key] = replaced(tensor, (before) => tidy(() => add(before, noise(before))));
  for (const [name, moments] of Object.entries(state.moments) as [
    keyof TrainingState['moments'],
    NonNullable<TrainingState['moments']['generator']>,
  ][])
    state.moments[name] = {
      ...moments,
      step: name === 'generator' || name === 'discriminator' ? 2 * iteration : iteration,
      first: replaced(moments.first, (before) => tidy(() => mul(noise(before), 1e-3))),
      second: replaced(moments.second, (before) => tidy(() => abs(mul(noise(before), 1e-6)))),
    };
  await mkdir(run, { recursive: true });
  await writeFile(join(run, 'config.json'), JSON.stringify({ formatVersion: 1, config, data: '/images', domains }));
  await writeCheckpoint(run, networks, state, 1).finally(() => disposeState(state));
  return config;
}
