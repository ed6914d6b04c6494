import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { EMA_NETWORKS, buildNetworks, disposeAll, initialWeights } from '@stargan/training';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { loadFixedInputs } from './fixed-inputs.js';
import { writePictures, writeSamples } from './write-samples.js';

const DOMAINS = 60;
const SHOWN = 5;

const folder = useTemporaryFolder(async (created) => {
  // Images of the other 55 domains are not there: they are not looked at.
  for (let domain = 0; domain < SHOWN; domain++) {
    await mkdir(path.join(created, `${domain}`));
    for (const name of ['1', '2'])
      await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 40 * domain, g: 0, b: 0 } } })
        .png()
        .toFile(path.join(created, `${domain}`, `${name}.png`));
  }
});

const folders = (): Parameters<typeof loadFixedInputs>[0] => ({
  directory: folder(),
  domains: Array.from({ length: DOMAINS }, (_, domain) => ({
    name: `${domain}`,
    files: ['1', '2'].map((name) => path.join(folder(), `${domain}`, `${name}.png`)),
  })),
});

describe('sample grids of sixty domains', () => {
  it('show the first five, as the reference implementation does', async () => {
    const config = smallConfig({ sampleSources: 2 });
    const inputs = await loadFixedInputs(folders(), config);
    expect(inputs.shownDomains).toBe(SHOWN);
    expect(inputs.sources.domains).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);

    const networks = buildNetworks(config, DOMAINS);
    const weights = initialWeights(networks, EMA_NETWORKS, 3);
    const before = memory().numTensors;
    const files = await writeSamples({ networks, weights }, inputs, path.join(folder(), 'samples'), '0000001', config);
    expect(memory().numTensors).toBe(before);
    const sizes = await Promise.all(
      files.map(async (file) =>
        sharp(file)
          .metadata()
          .then(({ width, height }) => [width / 64, height / 64]),
      ),
    );
    expect(sizes).toEqual([
      [10, 1 + 3 * SHOWN],
      [11, 11],
      [10, 4],
    ]);

    const stopped = new AbortController();
    stopped.abort();
    expect(await writeSamples({ networks, weights }, inputs, path.join(folder(), 'stopped'), '0000001', config, stopped.signal)).toEqual(
      [],
    );
    expect(memory().numTensors).toBe(before);
    disposeAll(...Object.values(weights));
  });
});

describe('writePictures', () => {
  const pixels = { width: 1, height: 1, data: new Uint8Array(3) };

  it('keeps the pictures that were whole when it was stopped', async () => {
    const directory = path.join(folder(), 'kept');
    const stop = new AbortController();
    const recipes = {
      first: () => Promise.resolve(pixels),
      second: () => {
        stop.abort();
        return Promise.reject(stop.signal.reason as Error);
      },
      third: () => Promise.resolve(pixels),
    };
    expect(await writePictures(recipes, directory, 'x', 64, stop.signal)).toEqual([path.join(directory, 'x-first.png')]);
    expect(await readdir(directory)).toEqual(['x-first.png']);
  });

  it('names the file that cannot be written', async () => {
    const file = path.join(folder(), '0', '1.png');
    await expect(writePictures({ a: () => Promise.resolve(pixels) }, file, 'x', 64)).rejects.toThrow(
      `${path.join(file, 'x-a.png')} cannot be written: `,
    );
  });
});
