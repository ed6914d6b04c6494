import { memory } from '@tensorflow/tfjs-core';
import { openDataset, writeDemoImages } from '@stargan/data';
import { EMA_NETWORKS, buildNetworks, disposeAll, initialWeights } from '@stargan/training';
import { expect, test } from 'vitest';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { measureHeldOut } from './held-out-numbers.js';

const folder = useTemporaryFolder();

test('untrained networks miss their targets, and nothing stays in memory', async () => {
  const config = smallConfig({ evaluateClassifierSteps: 60 });
  const shapes = { domains: ['circle', 'square'], textures: ['plain'] } as const;
  await writeDemoImages(folder(), { imagesPerDomain: 60, validationPerDomain: 4, imageSize: 16, ...shapes });
  const dataset = await openDataset(folder());
  const networks = buildNetworks(config, 2);
  const before = memory().numTensors;
  const weights = initialWeights(networks, EMA_NETWORKS, 1);
  const options = { dataset, config, sampler: { networks, weights }, say: () => undefined };
  const numbers = (await measureHeldOut({ ...options, sources: 2 }))!;
  expect(numbers.translations).toBe(2 * 2 * 10);
  // Untrained networks cannot hit both targets: the classifier sees no shape of either kind in their output.
  expect(numbers.latent.domainAccuracy).toBeLessThan(0.9);
  expect(numbers.latent.styleDistance).toBeGreaterThan(0);
  expect(numbers.real.imageDistance).toBeGreaterThan(0);
  expect(await measureHeldOut({ ...options, signal: AbortSignal.abort() })).toBeUndefined();
  disposeAll(...Object.values(weights));
  expect(memory().numTensors).toBe(before);
});
