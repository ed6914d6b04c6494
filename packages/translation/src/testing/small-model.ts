import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  buildNetworks,
  buildOptimizers,
  defaultsOf,
  disposeState,
  initialState,
  loadModel,
  trainingFields,
  writeCheckpoint,
  type Model,
} from '@stargan/training';

/** A model of random weights at 16×16, as a training would have left it in a folder. */
async function writeSmallRun(run: string, domains: readonly string[] = ['circle', 'triangle'], seed = 1): Promise<void> {
  const sizes = { imageSize: 16, widthBudget: 64, maxWidth: 8, styleDim: 4, latentDim: 4, hiddenDim: 8 };
  const config = { ...defaultsOf(trainingFields), ...sizes };
  const networks = buildNetworks(config, domains.length);
  const state = initialState(networks, buildOptimizers(config), seed);
  await mkdir(run, { recursive: true });
  await writeFile(path.join(run, 'config.json'), JSON.stringify({ formatVersion: 1, config, domains }));
  await writeCheckpoint(run, networks, state, 1).finally(() => disposeState(state));
}

/** The same, loaded; the caller disposes it. */
export async function loadSmallModel(run: string, domains?: readonly string[], seed?: number): Promise<Model> {
  await writeSmallRun(run, domains, seed);
  return loadModel(run);
}
