import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parameterCount } from '@stargan/layers';
import { getBackend, getKernel } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { profileWork } from '@stargan/profiling';
import { trainingWorkload } from '@stargan/training/planning';
import { buildNetworks } from '@stargan/training';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { train } from './train.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

/** Enough channels for minimal filtering, enough parameters of the mapping network for several threads of Adam's kernel. */
const wide = { imageSize: 32, widthBudget: 1024, maxWidth: 32, hiddenDim: 384, batch: 1 } as const;

/** Elements from which the native kernels share work among threads. */
const WORTH_THREADS = 2 ** 20;

it('continues bit for bit at widths that fused and threaded kernels take over', async () => {
  const config = (iterations: number): ReturnType<typeof smallConfig> => smallConfig({ ...wide, iterations });
  await train({ data, out: path.join(folder(), 'whole'), config: config(2) });
  for (const iterations of [1, 2]) await train({ data, out: path.join(folder(), 'halves'), config: config(iterations), resume: true });
  const file = (run: string, name: string): Promise<Buffer> => readFile(path.join(folder(), run, 'checkpoints', '0000002', name));
  const names = (await readdir(path.join(folder(), 'whole', 'checkpoints', '0000002'))).filter((name) => name.endsWith('.safetensors'));
  expect(names).toHaveLength(11);
  for (const name of names) expect((await file('halves', name)).equals(await file('whole', name)), name).toBe(true);

  expect(parameterCount(buildNetworks(config(2), 2).mappingNetwork.specs)).toBeGreaterThan(WORTH_THREADS);
  // Null, against the declared type, where the machine has no compiler for them.
  if (getKernel('StarganWinogradConvolution', getBackend()) == null) return;
  const workload = trainingWorkload(config(2));
  const launched = new Set(profileWork(() => workload.iterate()).kernels.map(({ kernel }) => kernel));
  workload.dispose();
  expect([...launched]).toEqual(
    expect.arrayContaining([
      'StarganWinogradConvolution',
      'StarganWinogradConvolutionInputGradient',
      'StarganWinogradConvolutionFilterGradient',
      'StarganAdam',
      'StarganMovingAverage',
    ]),
  );
});
