import { dispose, memory, randomNormal, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { parameterCount } from '@stargan/layers';
import { describe, expect, it } from 'vitest';
import { generator } from './index.js';

const small = { imageSize: 32, widthBudget: 128, maxWidth: 8, styleDim: 4 };
const concatenating = generator({ ...small, injection: 'concatenation' });
const difference = (a: Tensor, b: Tensor): number =>
  Math.max(...a.dataSync<'float32'>().map((value, i) => Math.abs(value - b.dataSync<'float32'>()[i]!)));

describe('a generator that concatenates', () => {
  it('has no AdaIN, and filters for the maps instead', () => {
    const { specs } = concatenating;
    expect(specs.some(({ name }) => name.includes('.fc.'))).toBe(false);
    expect(specs[0]).toMatchObject({ name: 'from_rgb.weight', shape: [3, 3, 7, 4] });
    // Scale and shift per channel in place of a linear layer to both.
    const channels = specs.filter(({ name }) => /^decode\..*norm.*weight$/.test(name)).reduce((total, { shape }) => total + shape[0]!, 0);
    const adaptive = parameterCount(generator(small).specs);
    expect(adaptive - parameterCount(specs)).toBe(2 * channels * small.styleDim - 3 * 3 * 4 * 4);
  });

  it('depends on the style, and with a style of zeros is blind to the filters of the maps', () => {
    tidy(() => {
      const p = concatenating.init(1);
      const image = randomNormal([1, 32, 32, 3], 0, 1, 'float32', 1);
      const [a, b] = [randomNormal([1, 4], 0, 1, 'float32', 2), randomNormal([1, 4], 0, 1, 'float32', 3)];
      expect(difference(concatenating.apply(p, image, a), concatenating.apply(p, image, b))).toBeGreaterThan(0.01);
      const filter = p['from_rgb.weight']!.arraySync() as number[][][][];
      const imageFilter = filter.map((row) => row.map((pixel) => pixel.map((out, channel) => (channel < 3 ? out : out.map(() => 7)))));
      const changed = { ...p, 'from_rgb.weight': tensorLike(p['from_rgb.weight']!, imageFilter) };
      expect(difference(concatenating.apply(p, image, zeros([1, 4])), concatenating.apply(changed, image, zeros([1, 4])))).toBe(0);
    });
  });

  it('decodes what it encoded to the same image', () => {
    tidy(() => {
      const p = concatenating.init(1);
      const [image, style] = [randomNormal([2, 32, 32, 3]), randomNormal([2, 4])];
      expect(difference(concatenating.decode(p, concatenating.encode(p, image), style), concatenating.apply(p, image, style))).toBe(0);
    });
  });

  it('leaves no tensor behind but its output', () => {
    const p = concatenating.init(1);
    const [image, style] = [randomNormal([1, 32, 32, 3]), randomNormal([1, 4])];
    const before = memory().numTensors;
    const output = concatenating.apply(p, image, style);
    expect(memory().numTensors).toBe(before + 1);
    dispose([output, image, style, ...Object.values(p)]);
  });

  it('names a style that does not fit', () => {
    tidy(() => {
      expect(() => concatenating.apply(concatenating.init(1), zeros([1, 32, 32, 3]), zeros([1, 5]))).toThrow(
        'generator: style must be [1, 4], got [1, 5]',
      );
    });
  });
});

const tensorLike = (like: Tensor, values: number[][][][]): Tensor => tensor(values, like.shape);
