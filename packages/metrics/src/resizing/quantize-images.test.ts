import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizeImages } from './quantize-images.js';

const levelsOf = (values: number[]): number[] =>
  quantizeImages(Float32Array.from(values.flatMap((value) => [value, value, value])), 1, 1).map(({ data }) => data[0]!);

describe('quantizeImages', () => {
  it('rounds as PyTorch does in float32', () => {
    const values = [
      -1.5,
      -1,
      -0.999,
      -0.5,
      0,
      0.00392,
      0.0039216,
      0.1,
      0.5,
      0.7,
      0.99,
      1,
      2,
      (254.5 / 255) * 2 - 1,
      (1 / 510) * 2 - 1,
      (3 / 510) * 2 - 1,
    ];
    // ((t + 1) / 2).clamp(0, 1).mul(255).add(0.5).clamp(0, 255).to(torch.uint8), torch 2.13
    expect(levelsOf(values)).toEqual([0, 0, 0, 64, 128, 128, 128, 140, 191, 217, 254, 255, 255, 255, 1, 1]);
  });

  it('gives back the levels of an image that was read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), (levels) => {
        const images = quantizeImages(
          Float32Array.from(levels, (level) => (level / 255 - 0.5) / 0.5),
          2,
          4,
        );
        expect(images).toEqual([{ width: 4, height: 2, data: levels }]);
      }),
    );
  });

  it('takes what is not a number for 0', () => {
    expect(levelsOf([NaN, -Infinity, Infinity])).toEqual([0, 0, 255]);
  });

  it('refuses values that are not whole images', () => {
    expect(() => quantizeImages(new Float32Array(12), 0, 2)).toThrow('quantizeImages: height must be a whole number ≥ 1, got 0');
    expect(() => quantizeImages([1, 2, 3] as never, 1, 1)).toThrow('quantizeImages: values must be a Float32Array, got an Array');
    expect(() => quantizeImages(new Float32Array(7), 2, 2)).toThrow(
      'quantizeImages: values must make up whole 2×2 RGB images, got 7 values',
    );
  });
});
