import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { loadImages, openDataset, writeDemoImages, type ImageFolders } from '@stargan/data';
import { randomStream } from '@stargan/random';
import { describe, expect, it } from 'vitest';
import { disturb } from './disturb.js';
import { trainDomainClassifier, type LabelledImages } from './domain-classifier.js';

async function labelled({ domains }: ImageFolders): Promise<LabelledImages> {
  const files = domains.flatMap((domain) => domain.files);
  return { size: 32, data: await loadImages(files, 32), domains: domains.flatMap((domain, label) => domain.files.map(() => label)) };
}

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

  it('tells held-out shapes apart, and disturbed ones', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'stargan-'));
    await writeDemoImages(folder, {
      imagesPerDomain: 300,
      validationPerDomain: 20,
      imageSize: 32,
      domains: ['circle', 'square'],
      textures: ['plain'],
    });
    const { train, validation } = await openDataset(folder);
    const heldOut = await labelled(validation!);
    const before = memory().numTensors;
    const images = await labelled(train);
    await rm(folder, { recursive: true });
    const classifier = (await trainDomainClassifier(images, { domains: 2, seed: 1, steps: 250 }))!;
    const found = classifier.classify(heldOut);
    const hits = found.filter((domain, i) => domain === heldOut.domains[i]).length;
    expect(hits / found.length).toBeGreaterThanOrEqual(0.9);
    const changed = disturb(heldOut, randomStream(2, 'held-out'));
    const ofChanged = classifier.classify({ size: 32, data: changed.dataSync<'float32'>() });
    changed.dispose();
    expect(ofChanged.filter((domain, i) => domain === heldOut.domains[i]).length / ofChanged.length).toBeGreaterThanOrEqual(0.75);
    classifier.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
