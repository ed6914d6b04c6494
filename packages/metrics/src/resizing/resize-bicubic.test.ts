import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { constantImage, noiseImage } from '../testing/images.js';
import { resizeBicubic } from './resize-bicubic.js';

/**
 * `noiseImage(…from)` resized by Pillow 13.0.0, channel by channel, in mode F: h = 31 h + byte over the bytes of all
 * float32 values [height, width, 3], wrapped to 32 bits.
 */
const pillowResults = [
  { from: [1, 1], to: [5, 3], fingerprint: -1438433863 },
  { from: [9, 7], to: [1, 1], fingerprint: 1294524037 },
  { from: [40, 30], to: [16, 16], fingerprint: 368991017 },
  { from: [31, 47], to: [64, 64], fingerprint: 1717604794 },
  { from: [97, 68], to: [120, 8], fingerprint: -1468704018 },
  { from: [64, 64], to: [32, 64], fingerprint: 1013531424 },
  { from: [20, 20], to: [17, 50], fingerprint: 947390499 },
  { from: [50, 200], to: [25, 25], fingerprint: 2131956759 },
  { from: [23, 103], to: [1, 23], fingerprint: -218610239 },
  { from: [128, 128], to: [299, 299], fingerprint: 1964603973 },
  { from: [400, 310], to: [299, 299], fingerprint: -1240429153 },
] as const;

describe('resizeBicubic', () => {
  test.each(pillowResults)('equals Pillow bit for bit, $from → $to', ({ from, to, fingerprint }) => {
    const { data } = resizeBicubic(noiseImage(from[0], from[1]), to[0], to[1]);
    expect(data.length).toBe(to[0] * to[1] * 3);
    let hash = 0;
    for (const byte of new Uint8Array(data.buffer)) hash = (Math.imul(hash, 31) + byte) | 0;
    expect(hash).toBe(fingerprint);
  });

  it('gives a constant image for a constant image', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (width, height, toWidth, toHeight, level) => {
        const { data } = resizeBicubic(constantImage(width, height, level), toWidth, toHeight);
        expect(data.every((value) => Math.abs(value - level) < 1e-4)).toBe(true);
      }),
    );
  });

  it('returns the same levels at the same size', () => {
    const image = noiseImage(13, 9);
    expect([...resizeBicubic(image, 13, 9).data]).toEqual([...image.data]);
  });

  it('overshoots at edges, unlike images of whole levels', () => {
    const edge = { width: 4, height: 1, data: Uint8Array.from([0, 0, 255, 255].flatMap((level) => [level, level, level])) };
    const { data } = resizeBicubic(edge, 8, 1);
    expect(Math.min(...data)).toBeLessThan(0);
    expect(Math.max(...data)).toBeGreaterThan(255);
  });

  it('refuses sizes that make no sense', () => {
    expect(() => resizeBicubic(noiseImage(4, 4), 0, 4)).toThrow('resizeBicubic: width must be a whole number ≥ 1, got 0');
    expect(() => resizeBicubic(noiseImage(4, 4), 4, 1.5)).toThrow('resizeBicubic: height must be a whole number ≥ 1, got 1.5');
  });
});
