import { memory, tensor2d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMA_NETWORKS,
  buildNetworks,
  countImages,
  cycleStrip,
  disposeAll,
  easedWeights,
  initialWeights,
  interpolate,
  latentGrid,
  latentStyles,
  referenceGrid,
  type Sampler,
  selectImages,
  tileImages,
  toByte,
  translate,
  truncateStyle,
} from '@stargan/training';
import { smallConfig } from '../testing/small-run.js';

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

describe('pixels', () => {
  it('are monotone, clamped, and back within half a level', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (x, step) => {
        const byte = toByte(x);
        expect(byte).toBeGreaterThanOrEqual(0);
        expect(byte).toBeLessThanOrEqual(255);
        expect(toByte(x + step)).toBeGreaterThanOrEqual(byte);
        expect(Math.abs((byte / 255) * 2 - 1 - Math.min(Math.max(x, -1), 1))).toBeLessThanOrEqual(1 / 255 + 1e-12);
      }),
    );
  });

  it('tile in rows, the last one filled up with black', () => {
    const { width, height, data } = tileImages(Float32Array.from([1, 1, 1, 0, 0, 0, -1, -1, -1]), 1, 1, 2);
    expect([width, height]).toEqual([2, 2]);
    expect([...data]).toEqual([255, 255, 255, 128, 128, 128, 0, 0, 0, 0, 0, 0]);
  });

  it('say when values do not make up whole images', () => {
    expect(() => tileImages(new Float32Array(7), 1, 1, 2)).toThrow('images must hold whole 1×1 RGB images, got 7 values');
  });
});

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
  it('leaves a style alone at 1 and gives the average at 0', () => {
    tidy(() => {
      const style = tensor2d([
        [1, 2],
        [3, 4],
      ]);
      const average = tensor2d([[10, 20]]);
      expect([...truncateStyle(style, average, 1).dataSync()]).toEqual([1, 2, 3, 4]);
      expect([...truncateStyle(style, average, 0).dataSync()]).toEqual([10, 20, 10, 20]);
    });
  });

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

describe('interpolation', () => {
  it('goes from 0 to 1 without turning back', () => {
    const weights = easedWeights();
    expect(weights[0]).toBe(0);
    expect(weights.at(-1)).toBe(1);
    weights.reduce((previous, weight) => {
      expect(weight).toBeGreaterThanOrEqual(previous);
      return weight;
    });
  });

  it('meets both ends', () => {
    const [a, b] = [Float32Array.of(1, 2), Float32Array.of(5, -2)];
    expect([...interpolate(a, b, 0)]).toEqual([1, 2]);
    expect([...interpolate(a, b, 1)]).toEqual([5, -2]);
  });
});
