import path from 'node:path';
import { writeDemoImages } from '@stargan/data';
import { parseConfig, type Config } from '@stargan/run';
import { SMALL_MODEL } from '@stargan/testing/small-model';

/** Values of a model that trains in milliseconds. */
export const SMALL_CONFIG: Partial<Config> = {
  ...SMALL_MODEL,
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

export { useTemporaryFolder } from '@stargan/testing/temporary-folder';

/** Draws a few demo images of two domains below `folder`; gives their folder. */
export async function smallDataset(folder: string): Promise<string> {
  const images = path.join(folder, 'images');
  await writeDemoImages(images, { imagesPerDomain: 6, validationPerDomain: 2, imageSize: 24, domains: ['circle', 'square'] });
  return images;
}
