import { dispose, memory, ones, randomNormal, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { parameterCount } from '@stargan/layers';
import { describe, expect, it } from 'vitest';
import { generator } from './index.js';

const small = { widthBudget: 128, maxWidth: 8, styleDim: 4 };
const difference = (a: Tensor, b: Tensor): number =>
  Math.max(...a.dataSync<'float32'>().map((value, i) => Math.abs(value - b.dataSync<'float32'>()[i]!)));

it('has the constants of the reference’s state dictionary with the high-pass skip', () => {
  expect(generator({ imageSize: 32, highPass: 2 }).constants).toEqual({
    'hpf.filter': { shape: [3, 3], values: Float32Array.of(-0.5, -0.5, -0.5, -0.5, 4, -0.5, -0.5, -0.5, -0.5) },
  });
  expect(generator({ imageSize: 32 }).constants).toEqual({});
});

describe('generator', () => {
  it('has as many parameters as the reference', () => {
    expect(parameterCount(generator({ imageSize: 256, highPass: 1 }).specs)).toBe(43_467_395);
    expect(parameterCount(generator({ imageSize: 256 }).specs)).toBe(33_892_995);
    expect(parameterCount(generator({ imageSize: 64 }).specs)).toBe(32_634_883);
  });

  it.each([16, 32, 64, 128])('gives an image of the same size at %i²', (imageSize) => {
    tidy(() => {
      const G = generator({ imageSize, ...small, widthBudget: 4 * imageSize });
      const output = G.apply(G.init(1), randomNormal([2, imageSize, imageSize, 3]), randomNormal([2, 4]));
      expect(output.shape).toEqual([2, imageSize, imageSize, 3]);
      expect(output.dataSync<'float32'>().every(Number.isFinite)).toBe(true);
    });
  });

  it('depends on the style, and decodes shared features to the same image', () => {
    tidy(() => {
      const G = generator({ imageSize: 16, ...small });
      const parameters = G.init(1);
      const image = randomNormal([1, 16, 16, 3], 0, 1, 'float32', 1);
      const [a, b] = [randomNormal([1, 4], 0, 1, 'float32', 2), randomNormal([1, 4], 0, 1, 'float32', 3)];
      const features = G.encode(parameters, image);
      expect(difference(G.decode(parameters, features, a), G.apply(parameters, image, a))).toBe(0);
      expect(difference(G.apply(parameters, image, a), G.apply(parameters, image, b))).toBeGreaterThan(0.1);
    });
  });

  it('lets the source through where a mask is one, and nowhere where masks are zero', () => {
    tidy(() => {
      const G = generator({ imageSize: 64, ...small, widthBudget: 256, highPass: 1 });
      const parameters = G.init(1);
      const image = randomNormal([1, 64, 64, 3], 0, 1, 'float32', 1);
      const style = randomNormal([1, 4], 0, 1, 'float32', 2);
      const all = ones([1, 64, 64, 1]);
      const none = zeros([1, 64, 64, 1]);
      const plain = G.apply(parameters, image, style);
      expect(difference(G.apply(parameters, image, style, [none, none]), plain)).toBe(0);
      expect(difference(G.apply(parameters, image, style, [all, none]), plain)).toBeGreaterThan(1e-3);
      expect(difference(G.apply(parameters, image, style, [none, all]), plain)).toBeGreaterThan(1e-3);
    });
  });

  it('is initialised by its seed alone', () => {
    tidy(() => {
      const G = generator({ imageSize: 16, ...small });
      const values = (seed: number): number[] => [...G.init(seed)['encode.0.conv1.weight']!.dataSync<'float32'>()];
      expect(values(1)).toEqual(values(1));
      expect(values(1)).not.toEqual(values(2));
    });
  });

  it('leaves no tensor behind but its output', () => {
    const G = generator({ imageSize: 16, ...small });
    const parameters = G.init(1);
    const [image, style] = [randomNormal([1, 16, 16, 3]), randomNormal([1, 4])];
    const before = memory().numTensors;
    const output = G.apply(parameters, image, style);
    expect(memory().numTensors).toBe(before + 1);
    dispose([output, image, style, ...Object.values(parameters)]);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => generator({ imageSize: 100 })).toThrow('generator: imageSize must be a power of two ≥ 16, got 100');
    expect(() => generator({ imageSize: 8 })).toThrow('got 8');
    expect(() => generator({ imageSize: 16, highPass: -1 })).toThrow('generator: highPass must be a number ≥ 0, got -1');
    expect(() => generator({ imageSize: 64, widthBudget: 32 })).toThrow('widthBudget / imageSize must be at least 1 channel');
    tidy(() => {
      const G = generator({ imageSize: 16, ...small });
      const parameters = G.init(1);
      expect(() => G.apply(parameters, zeros([1, 32, 32, 3]), zeros([1, 4]))).toThrow(
        'generator: image must be [batch, 16, 16, 3], got [1, 32, 32, 3]',
      );
      expect(() => G.apply(parameters, zeros([1, 16, 16, 3]), zeros([1, 5]))).toThrow('generator: style must be [1, 4], got [1, 5]');
      const mask = ones([1, 16, 16, 1]);
      expect(() => G.apply(parameters, zeros([1, 16, 16, 3]), zeros([1, 4]), [mask, mask])).toThrow('masks were given but highPass is 0');
      expect(() => G.apply({}, zeros([1, 16, 16, 3]), zeros([1, 4]))).toThrow('parameter from_rgb.weight is missing');
    });
  });
});
