import { clone, memory } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { capture, selectRuntime, whyNotCaptured } from '@stargan/backend';
import { loadImages, openDataset, writeDemoImages } from '@stargan/data';
import type { DomainClassifier } from '@stargan/metrics';
import { plainly, type Compile } from '@stargan/ops';
import { expect, test } from 'vitest';
import { EMA_NETWORKS, buildNetworks } from '../networks/networks.js';
import { disposeAll, initialWeights } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { openClassifier } from './classifier.js';
import type { EvaluationDomain } from './domain.js';
import { measureHeldOut } from './held-out-numbers.js';

const folder = useTemporaryFolder();

/** Two images of each of two domains, to train a classifier on and to hold out. */
async function smallDomains(imageSize: number): Promise<EvaluationDomain[]> {
  const shapes = { domains: ['circle', 'square'], textures: ['plain'] } as const;
  await writeDemoImages(folder(), { imagesPerDomain: 60, validationPerDomain: 2, imageSize, ...shapes });
  const { train, validation } = await openDataset(folder());
  return train.domains.map(({ name, files }, label) => {
    const heldOut = validation!.domains[label]!.files.map((file) => ({ file }));
    return { name, sources: heldOut, references: heldOut, reals: [], examples: files.map((file) => ({ file })) };
  });
}

test('untrained networks miss their targets, and nothing stays in memory', async () => {
  const config = smallConfig();
  const domains = await smallDomains(config.imageSize);
  const networks = buildNetworks(config, 2);
  const before = memory().numTensors;
  const weights = initialWeights(networks, EMA_NETWORKS, 1);
  const said: string[] = [];
  const log = (line: string): void => void said.push(line);
  const classifier = (await openClassifier(domains, config.imageSize, { load: loadImages, classifierSteps: 60, seed: 1, log }))!;
  expect(said).toEqual(['training the classifier that tells domains, 60 steps']);
  const options = { domains, load: loadImages, classifier, sampler: { networks, weights }, config };
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

test('images that are copied and not translated miss their targets, all of them, and have no styles', async () => {
  const config = smallConfig();
  const domains = await smallDomains(config.imageSize);
  const size = config.imageSize;
  const known = await Promise.all(
    domains.flatMap(({ references }, domain) => references.map(async ({ file }) => ({ domain, data: await loadImages([file], size) }))),
  );
  const length = size * size * 3;
  /** Recognises the held-out images themselves. */
  const classifier: DomainClassifier = {
    size,
    classify: ({ data }) =>
      Array.from({ length: data.length / length }, (_, i) => {
        const image = data.subarray(i * length, (i + 1) * length);
        return known.find((one) => one.data.every((value, at) => Math.abs(value - image[at]!) < 0.01))?.domain ?? -1;
      }),
    dispose: () => undefined,
  };
  const networks = buildNetworks(config, 2);
  const copies = { encode: (_: unknown, image: Tensor) => clone(image), decode: (_: unknown, image: Tensor) => clone(image) };
  const generator = { ...networks.generator, ...copies, apply: copies.encode } as unknown as typeof networks.generator;
  const weights = initialWeights(networks, EMA_NETWORKS, 1);
  const sampler = { networks: { ...networks, generator }, weights };
  const numbers = (await measureHeldOut({ domains, load: loadImages, classifier, sampler, config }))!;
  expect(numbers.real.domainAccuracy).toBe(1);
  expect(numbers.latent).toEqual({ domainAccuracy: 0, styleDistance: 0 });
  expect(numbers.reference).toEqual({ domainAccuracy: 0, styleDistance: 0 });
  disposeAll(...Object.values(weights));
});

test('a classifier whose updates are replayed has the weights of one whose updates are not, and nothing stays in memory', async () => {
  await selectRuntime({ quiet: true });
  const domains = await smallDomains(16);
  const before = memory().numTensors;
  const valuesAfterUpdates = async (faster: Compile): Promise<number[][]> => {
    const values: number[][] = [];
    const compile: Compile = (f, options) => {
      const compiled = faster(f, options);
      const call = (...given: Parameters<typeof f>): ReturnType<typeof f> => {
        const result = compiled(...given);
        const { parameters } = result as { parameters: Record<string, Tensor> };
        values.push(Object.values(parameters).flatMap((tensor) => Array.from(tensor.dataSync())));
        return result;
      };
      return Object.assign(call, { dispose: () => compiled.dispose() });
    };
    const options = { load: loadImages, classifierSteps: 6, seed: 3, log: () => undefined, compile };
    (await openClassifier(domains, 16, options))!.dispose();
    return values;
  };
  const replays: number[] = [];
  const replayed = await valuesAfterUpdates((f) => {
    const captured = capture(f, { onPlain: () => undefined });
    const dispose = (): void => {
      replays.push(captured.statistics().replayed);
      captured.dispose();
    };
    return Object.assign((...given: Parameters<typeof f>) => captured(...given), { dispose });
  });
  expect(replayed).toEqual(await valuesAfterUpdates(plainly));
  expect(replayed).toHaveLength(6);
  // Where the runtime has functions, the first two updates are recorded and the others replayed.
  expect(replays).toEqual([whyNotCaptured() === undefined ? 4 : 0]);
  expect(memory().numTensors).toBe(before);
});
