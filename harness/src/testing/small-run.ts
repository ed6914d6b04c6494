import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeDemoImages } from '@stargan/data';
import { afterAll, beforeAll } from 'vitest';
import { parseConfig } from '../config/resolve.js';
import type { Config } from '../config/schema.js';

/** Values of a model that trains in milliseconds. */
export const SMALL_CONFIG: Partial<Config> = {
  imageSize: 16,
  widthBudget: 64,
  maxWidth: 8,
  styleDim: 4,
  latentDim: 4,
  hiddenDim: 8,
  batch: 2,
  iterations: 20,
  diversityIterations: 100,
  learningRate: 1e-3,
  logEvery: 1,
  sampleEvery: 0,
  sampleSources: 1,
  saveEvery: 0,
  evaluateClassifierSteps: 20,
};

/** A checked configuration of a small model. */
export function smallConfig(values: Partial<Config> = {}): Config {
  return parseConfig({ ...SMALL_CONFIG, ...values });
}

/**
 * Gives the tests of a file a temporary folder of their own, removed after the last one.
 *
 * @param prepare runs in the folder before the first test
 * @returns the folder's path, once tests run
 */
export function useTemporaryFolder(prepare: (folder: string) => Promise<void> = () => Promise.resolve()): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stargan-'));
    await prepare(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Draws a few demo images of two domains below `folder`; gives their folder. */
export async function smallDataset(folder: string): Promise<string> {
  const images = path.join(folder, 'images');
  await writeDemoImages(images, { imagesPerDomain: 6, validationPerDomain: 2, imageSize: 24, domains: ['circle', 'square'] });
  return images;
}
