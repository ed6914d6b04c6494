import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { EMA_NETWORKS, buildNetworks } from '../networks/networks.js';
import { disposeAll, initialWeights } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { cycleStrip, latentGrid, latentStyles, otherDomains, referenceGrid } from './grids.js';
import { toByte } from './pixels.js';
import { countImages, selectImages, translate, type Sampler } from './translate.js';

const config = smallConfig();
const networks = buildNetworks(config, 2);
const image = (value: number): number[] => new Array<number>(16 * 16 * 3).fill(value);
const sources = { size: 16, data: Float32Array.from([...image(-0.5), ...image(0), ...image(0.5)]), domains: [0, 1, 0] };

async function withSampler<T>(f: (sampler: Sampler) => T | Promise<T>): Promise<T> {
  const weights = initialWeights(networks, EMA_NETWORKS, 3);
  try {
    return await f({ networks, weights });
  } finally {
    disposeAll(...Object.values(weights));
  }
}

describe('grids', () => {
  it('have a row of sources and a row per style, and leave no tensor behind', async () => {
    await withSampler(async (sampler) => {
      const before = memory().numTensors;
      const latent = await latentGrid(sampler, sources, { domains: 2, latentDim: 4, rows: 2, psi: 0.7, seed: 1 });
      expect([latent.width, latent.height]).toEqual([3 * 16, (1 + 2 * 2) * 16]);
      const reference = await referenceGrid(sampler, sources, sources);
      expect([reference.width, reference.height]).toEqual([4 * 16, 4 * 16]);
      const cycle = await cycleStrip(sampler, sources, sources);
      expect([cycle.width, cycle.height]).toEqual([3 * 16, 4 * 16]);
      expect(memory().numTensors).toBe(before);
      // The corner is white, the first source beside it grey.
      expect(reference.data[0]).toBe(255);
      expect(reference.data[16 * 3]).toBe(toByte(-0.5));
    });
  });

  it('translate each image as if it were alone', async () => {
    await withSampler((sampler) => {
      const styles = tensor2d([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ]);
      const together = translate(sampler, sources, styles);
      expect(countImages(together)).toBe(3);
      const one = tensor2d([[0, 1, 0, 0]]);
      const alone = translate(sampler, selectImages(sources, [1]), one);
      const difference = Math.max(...alone.data.map((value, i) => Math.abs(value - together.data[16 * 16 * 3 + i]!)));
      expect(difference).toBeLessThan(1e-4);
      disposeAll({ styles, one });
    });
  });
});

describe('truncation', () => {
  it('brings the styles of a domain closer to each other', async () => {
    await withSampler((sampler) => {
      const spread = (psi: number): number => {
        const styles = latentStyles(sampler, { domain: 1, latentDim: 4, count: 2, psi, seed: 1 });
        const [a, b] = styles.arraySync();
        styles.dispose();
        return Math.hypot(...a!.map((value, i) => value - b![i]!));
      };
      expect(spread(0.5)).toBeCloseTo(spread(1) / 2, 4);
    });
  });
});

describe('otherDomains', () => {
  it('puts a reference of another domain under each source', () => {
    const references = { size: 1, data: Float32Array.from([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]), domains: [0, 0, 1, 1] };
    expect(otherDomains(references)).toEqual({
      size: 1,
      data: Float32Array.from([3, 3, 3, 4, 4, 4, 1, 1, 1, 2, 2, 2]),
      domains: [1, 1, 0, 0],
    });
  });
});
