import { randomStream } from '@stargan/random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleAugmentation } from './augmentation.js';

const side = fc.integer({ min: 1, max: 2000 });
const seed = fc.nat();

describe('sampleAugmentation', () => {
  test('keeps every box inside the image', () => {
    fc.assert(
      fc.property(side, side, seed, (width, height, seed) => {
        const { box } = sampleAugmentation(width, height, randomStream(seed, 'test'), { cropProbability: 1 });
        expect(Object.values(box).every(Number.isInteger)).toBe(true);
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.top).toBeGreaterThanOrEqual(0);
        expect(box.width).toBeGreaterThanOrEqual(1);
        expect(box.height).toBeGreaterThanOrEqual(1);
        expect(box.left + box.width).toBeLessThanOrEqual(width);
        expect(box.top + box.height).toBeLessThanOrEqual(height);
      }),
      { numRuns: 500 },
    );
  });

  test('crops to 0.8 … 1 of the area and an aspect ratio of 0.9 … 1.1, up to rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 2000 }), fc.double({ min: 0.97, max: 1.03, noNaN: true }), seed, (width, aspect, seed) => {
        const height = Math.round(width / aspect);
        const { box } = sampleAugmentation(width, height, randomStream(seed, 'test'), { cropProbability: 1 });
        const area = (box.width * box.height) / (width * height);
        expect(area).toBeGreaterThan(0.79);
        expect(area).toBeLessThanOrEqual(1);
        expect(box.width / box.height).toBeGreaterThan(0.89);
        expect(box.width / box.height).toBeLessThan(1.11);
      }),
      { numRuns: 300 },
    );
  });

  test('takes the largest centred box of an allowed aspect ratio of an image that is too long for a crop', () => {
    const random = randomStream(1, 'test');
    expect(sampleAugmentation(500, 100, random, { cropProbability: 1 }).box).toEqual({ left: 195, top: 0, width: 110, height: 100 });
    expect(sampleAugmentation(90, 500, random, { cropProbability: 1 }).box).toEqual({ left: 0, top: 200, width: 90, height: 100 });
    // Python rounds 5.5 to 6 and 16.5 (of 15 × 1.1) to 16.
    expect(sampleAugmentation(100, 5, random, { cropProbability: 1 }).box.width).toBe(6);
    expect(sampleAugmentation(100, 15, random, { cropProbability: 1 }).box.width).toBe(16);
  });

  test('crops and flips about as often as asked, independently', () => {
    const random = randomStream(2, 'test');
    const counts = { crop: 0, flip: 0, both: 0 };
    for (let i = 0; i < 4000; i++) {
      const { box, flip } = sampleAugmentation(1000, 1000, random, { cropProbability: 0.3 });
      const crop = box.width < 1000 || box.height < 1000;
      counts.crop += Number(crop);
      counts.flip += Number(flip);
      counts.both += Number(crop && flip);
    }
    expect(Math.abs(counts.crop / 4000 - 0.3)).toBeLessThan(0.03);
    expect(Math.abs(counts.flip / 4000 - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(counts.both / 4000 - 0.15)).toBeLessThan(0.03);
  });

  test('reaches every corner of the image', () => {
    const random = randomStream(3, 'test');
    const boxes = Array.from({ length: 500 }, () => sampleAugmentation(20, 20, random, { cropProbability: 1 }).box);
    expect(boxes.some(({ left, top }) => left === 0 && top === 0)).toBe(true);
    expect(boxes.some((box) => box.width < 20 && box.left + box.width === 20)).toBe(true);
    expect(boxes.some((box) => box.height < 20 && box.top + box.height === 20)).toBe(true);
  });

  test('never crops at probability 0', () => {
    const random = randomStream(4, 'test');
    for (let i = 0; i < 100; i++) {
      expect(sampleAugmentation(30, 20, random, { cropProbability: 0 }).box).toEqual({ left: 0, top: 0, width: 30, height: 20 });
    }
  });

  test('refuses sizes and probabilities out of range', () => {
    const random = randomStream(5, 'test');
    expect(() => sampleAugmentation(0, 5, random)).toThrow('sampleAugmentation: width must be a whole number ≥ 1, got 0');
    expect(() => sampleAugmentation(5, 5, random, { cropProbability: 1.5 })).toThrow('cropProbability must be in [0, 1], got 1.5');
    expect(() => sampleAugmentation(5, 5, random, { cropProbability: NaN })).toThrow('got NaN');
  });
});
