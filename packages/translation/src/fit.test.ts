import { resizeBilinear, type RgbImage } from '@stargan/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FITS, fitToPlacement, placePicture } from './fit.js';

const ramp = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 251),
});

describe('placePicture', () => {
  it('takes the middle of a picture to crop it', () => {
    expect(placePicture(30, 20, 16, 'crop').taken).toEqual({ left: 5, top: 0, width: 20, height: 20 });
    expect(placePicture(20, 31, 16, 'crop').taken).toEqual({ left: 0, top: 5, width: 20, height: 20 });
  });

  it('takes all of a picture to stretch or pad it', () => {
    const all = { left: 0, top: 0, width: 30, height: 20 };
    expect(placePicture(30, 20, 16, 'stretch')).toEqual({ taken: all, placed: { left: 0, top: 0, width: 16, height: 16 } });
    expect(placePicture(30, 20, 15, 'pad')).toEqual({ taken: all, placed: { left: 0, top: 2, width: 15, height: 10 } });
    expect(placePicture(20, 30, 15, 'pad').placed).toEqual({ left: 2, top: 0, width: 10, height: 15 });
  });

  it('does the same to square pictures whatever is chosen', () => {
    const [first, ...others] = FITS.map((fit) => placePicture(20, 20, 16, fit));
    for (const other of others) expect(other).toEqual(first);
  });

  it('stays within the picture and the square, however long the picture', () => {
    const side = fc.integer({ min: 1, max: 70_000 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(16, 64, 256), fc.constantFrom(...FITS), (width, height, size, fit) => {
        const { taken, placed } = placePicture(width, height, size, fit);
        for (const [box, right, bottom] of [
          [taken, width, height],
          [placed, size, size],
        ] as const) {
          for (const value of Object.values(box)) expect(Number.isInteger(value)).toBe(true);
          expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
          expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(1);
          expect(box.left + box.width).toBeLessThanOrEqual(right);
          expect(box.top + box.height).toBeLessThanOrEqual(bottom);
        }
      }),
    );
  });
});

describe('fitToPlacement', () => {
  it('resizes what is taken as training does', () => {
    const image = ramp(30, 20);
    expect(fitToPlacement(image, 16, placePicture(30, 20, 16, 'stretch'))).toEqual(resizeBilinear(image, 16, 16));
    const middle = { left: 5, top: 0, width: 20, height: 20 };
    expect(fitToPlacement(image, 16, placePicture(30, 20, 16, 'crop'))).toEqual(resizeBilinear(image, 16, 16, middle));
  });

  it('repeats the edges of a padded picture', () => {
    const image: RgbImage = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const { data } = fitToPlacement(image, 2, {
      taken: { left: 0, top: 0, width: 2, height: 1 },
      placed: { left: 0, top: 0, width: 2, height: 1 },
    });
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
    const tall = fitToPlacement(ramp(10, 30), 15, placePicture(10, 30, 15, 'pad'));
    const row = [...tall.data.subarray(0, 15 * 3)];
    const pixel = (x: number): number[] => row.slice(x * 3, x * 3 + 3);
    for (const x of [0, 4]) expect(pixel(x)).toEqual(pixel(5));
    for (const x of [10, 14]) expect(pixel(x)).toEqual(pixel(9));
  });
});
