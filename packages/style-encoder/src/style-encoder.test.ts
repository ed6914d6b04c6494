import { dispose, memory, randomNormal, tidy, zeros } from '@tensorflow/tfjs-core';
import { parameterCount } from '@stargan/layers';
import { describe, expect, it } from 'vitest';
import { styleEncoder } from './index.js';

const small = { widthBudget: 64, maxWidth: 8, styleDim: 4 };

describe('styleEncoder', () => {
  it('has as many parameters as the reference', () => {
    expect(parameterCount(styleEncoder({ imageSize: 256, domains: 2 }).specs)).toBe(20_916_928);
  });

  it.each([16, 32, 64])('gives one style per image at %i²', (imageSize) => {
    tidy(() => {
      const E = styleEncoder({ imageSize, domains: 1, ...small });
      expect(E.apply(E.init(1), randomNormal([2, imageSize, imageSize, 3]), [0, 0]).shape).toEqual([2, 4]);
    });
  });

  it('reads an image with the head of its own domain', () => {
    tidy(() => {
      const E = styleEncoder({ imageSize: 16, domains: 2, ...small });
      const parameters = E.init(1);
      const image = randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
      const [first, second] = E.apply(parameters, image, [0, 1]).arraySync();
      const [asZero] = E.apply(parameters, image, [0, 0]).arraySync();
      const other = E.apply(parameters, image, [1, 0]).arraySync();
      asZero!.forEach((value, i) => expect(value).toBeCloseTo(first![i]!, 5));
      expect(other[0]).not.toEqual(first);
      expect(other[1]).not.toEqual(second);
    });
  });

  it('leaves no tensor behind but its output', () => {
    const E = styleEncoder({ imageSize: 16, domains: 2, ...small });
    const parameters = E.init(1);
    const image = randomNormal([2, 16, 16, 3]);
    const before = memory().numTensors;
    const style = E.apply(parameters, image, [1, 0]);
    expect(memory().numTensors).toBe(before + 1);
    dispose([style, image, ...Object.values(parameters)]);
  });

  it('names what is wrong with its arguments', () => {
    expect(() => styleEncoder({ imageSize: 48, domains: 2 })).toThrow('styleEncoder: imageSize must be a power of two ≥ 16, got 48');
    const E = styleEncoder({ imageSize: 16, domains: 2, ...small });
    tidy(() => {
      expect(() => E.apply({}, zeros([1, 16, 16, 1]), [0])).toThrow('styleEncoder: image must be [batch, 16, 16, 3], got [1, 16, 16, 1]');
    });
  });
});
