import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tileImages, toByte } from './pixels.js';

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
