import { memory } from '@tensorflow/tfjs-core';
import { loadImages, openDataset, writeDemoImages } from '@stargan/data';
import { expect, test } from 'vitest';
import { EMA_NETWORKS, buildNetworks } from '../networks/networks.js';
import { disposeAll, initialWeights } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { openClassifier } from './classifier.js';
import { measureHeldOut } from './held-out-numbers.js';

const folder = useTemporaryFolder();

test('untrained networks miss their targets, and nothing stays in memory', async () => {
  const config = smallConfig();
  const shapes = { domains: ['circle', 'square'], textures: ['plain'] } as const;
  await writeDemoImages(folder(), { imagesPerDomain: 60, validationPerDomain: 2, imageSize: config.imageSize, ...shapes });
  const { train, validation } = await openDataset(folder());
  const domains = train.domains.map(({ name, files }, label) => {
    const heldOut = validation!.domains[label]!.files.map((file) => ({ file }));
    return { name, sources: heldOut, references: heldOut, reals: [], examples: files.map((file) => ({ file })) };
  });
  const networks = buildNetworks(config, 2);
  const before = memory().numTensors;
  const weights = initialWeights(networks, EMA_NETWORKS, 1);
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const classifier = (await openClassifier(domains, config.imageSize, { loadImages, classifierSteps: 60, seed: 1, say }))!;
  expect(said).toEqual(['training the classifier that tells domains, 60 steps']);
  const options = { loadImages, domains, classifier, sampler: { networks, weights }, config };
  const numbers = (await measureHeldOut(options))!;
  // Two references give two styles.
  expect(numbers.translations).toBe(2 * 2 * 10);
  expect(numbers.latent.domainAccuracy).toBeLessThan(0.9);
  expect(numbers.latent.styleDistance).toBeGreaterThan(0);
  expect(numbers.reference.styleDistance).toBeGreaterThan(0);
  expect(numbers.real.imageDistance).toBeGreaterThan(0);
  expect(await measureHeldOut({ ...options, signal: AbortSignal.abort() })).toBeUndefined();
  classifier.dispose();
  disposeAll(...Object.values(weights));
  expect(memory().numTensors).toBe(before);
});
