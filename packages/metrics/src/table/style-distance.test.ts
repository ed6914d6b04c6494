import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanPixelDistance } from './style-distance.js';

describe('meanPixelDistance', () => {
  it('is the mean over all pairs', () => {
    expect(meanPixelDistance({ size: 1, data: Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0.75) })).toBeCloseTo((1 + 0.25 + 0.75) / 3, 6);
  });

  it('is zero for equal images and for a single one, and does not depend on their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 6 }), (values) => {
        const images = (list: number[]): { size: number; data: Float32Array } => ({
          size: 1,
          data: Float32Array.from(list.flatMap((v) => [v, v, v])),
        });
        expect(meanPixelDistance(images([values[0]!]))).toBe(0);
        expect(meanPixelDistance(images([values[0]!, values[0]!]))).toBe(0);
        expect(meanPixelDistance(images([...values].reverse()))).toBeCloseTo(meanPixelDistance(images(values)), 6);
      }),
    );
  });
});
