import { memory } from '@tensorflow/tfjs-core';
import { openDataset, writeDemoImages } from '@stargan/data';
import { randomStream } from '@stargan/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMA_NETWORKS, buildNetworks, disposeAll, initialWeights } from '@stargan/training';
import { loadDomainImages } from '../sampling/load-domain-images.js';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { disturb } from './disturb.js';
import { trainDomainClassifier } from './domain-classifier.js';
import { evaluateTranslations } from './evaluate-translations.js';
import { meanPairwiseDistance } from './pairwise-distance.js';

const folder = useTemporaryFolder();

describe('meanPairwiseDistance', () => {
  it('is the mean over all pairs', () => {
    expect(meanPairwiseDistance({ size: 1, data: Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0.75) })).toBeCloseTo((1 + 0.25 + 0.75) / 3, 6);
  });

  it('is zero for equal images and for a single one, and does not depend on their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 6 }), (values) => {
        const images = (list: number[]): { size: number; data: Float32Array } => ({
          size: 1,
          data: Float32Array.from(list.flatMap((v) => [v, v, v])),
        });
        expect(meanPairwiseDistance(images([values[0]!]))).toBe(0);
        expect(meanPairwiseDistance(images([values[0]!, values[0]!]))).toBe(0);
        expect(meanPairwiseDistance(images([...values].reverse()))).toBeCloseTo(meanPairwiseDistance(images(values)), 6);
      }),
    );
  });
});

describe('the domain classifier', () => {
  it('can be stopped while it is trained, and leaves nothing in memory', async () => {
    const images = { size: 16, data: new Float32Array(2 * 16 * 16 * 3), domains: [0, 1] };
    const before = memory().numTensors;
    const controller = new AbortController();
    const trained = trainDomainClassifier(images, { domains: 2, seed: 1, steps: 100_000, batch: 2, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect(await trained).toBeUndefined();
    expect(memory().numTensors).toBe(before);
  });

  it('tells held-out shapes apart, and untranslated images count as missing their target', async () => {
    await writeDemoImages(folder(), {
      imagesPerDomain: 300,
      validationPerDomain: 20,
      imageSize: 32,
      domains: ['circle', 'square'],
      textures: ['plain'],
    });
    const { train, validation } = await openDataset(folder());
    const heldOut = await loadDomainImages(validation!, 32);
    const before = memory().numTensors;
    const classifier = (await trainDomainClassifier(await loadDomainImages(train, 32), { domains: 2, seed: 1, steps: 250 }))!;
    const found = classifier.classify(heldOut);
    const hits = found.filter((domain, i) => domain === heldOut.domains[i]).length;
    expect(hits / found.length).toBeGreaterThanOrEqual(0.9);
    const changed = disturb(heldOut, randomStream(2, 'held-out'));
    const ofChanged = classifier.classify({ size: 32, data: changed.dataSync<'float32'>() });
    changed.dispose();
    expect(ofChanged.filter((domain, i) => domain === heldOut.domains[i]).length / ofChanged.length).toBeGreaterThanOrEqual(0.75);

    const config = smallConfig({ imageSize: 32 });
    const networks = buildNetworks(config, 2);
    const weights = initialWeights(networks, EMA_NETWORKS, 1);
    const report = evaluateTranslations({ networks, weights }, classifier, heldOut, {
      domains: 2,
      latentDim: 4,
      seed: 1,
      sourcesPerDomain: 2,
    });
    expect(report.translations).toBe(2 * 2 * 10);
    expect(report.real.domainAccuracy).toBe(hits / found.length);
    // Untrained networks cannot hit both targets: the classifier sees no shape of either kind in their output.
    expect(report.latent.domainAccuracy).toBeLessThan(0.9);
    disposeAll(...Object.values(weights));
    classifier.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
