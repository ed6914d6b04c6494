import { describe, expect, it } from 'vitest';
import { createCanvas, PICTURE_PIXELS, shrinkToFit } from './canvas.js';

describe('a canvas', () => {
  it.each([
    [17, 17, 1024],
    [33, 33, 512],
    [65, 65, 256],
    [129, 129, 128],
    [241, 241, 32],
    [241, 241, 1024],
    [2, 5000, 16384],
  ])('stays within bounds for %i × %i images of %i pixels', (rows, columns, size) => {
    const shrink = shrinkToFit({ rows, columns, size });
    expect(size % shrink).toBe(0);
    expect(rows * columns * (size / shrink) ** 2).toBeLessThanOrEqual(PICTURE_PIXELS);
  });

  it('shows the mean of the pixels that fall together, each clamped', () => {
    const canvas = createCanvas({ rows: 1, columns: 2, size: 2, maxPixels: 2 });
    expect(canvas.shrink).toBe(2);
    canvas.place(0, 1, Float32Array.from([9, -1, -1, -1, -1, -1, 1, 1, -1, -1, 1, -1]));
    expect([...canvas.pixels.data]).toEqual([255, 255, 255, 128, 128, 0]);
    expect(canvas.pixels).toMatchObject({ width: 2, height: 1 });
  });

  it('takes images side by side from any place on', () => {
    const canvas = createCanvas({ rows: 2, columns: 2, size: 1 });
    canvas.place(1, 0, Float32Array.from([-1, -1, -1, 0, 0, 0]));
    expect([...canvas.pixels.data]).toEqual([255, 255, 255, 255, 255, 255, 0, 0, 0, 128, 128, 128]);
  });

  it('refuses more images than it may have pixels', () => {
    expect(() => createCanvas({ rows: 3, columns: 3, size: 16, maxPixels: 8 })).toThrow(
      'a picture of 3×3 images is too large, even with a pixel for each; show fewer',
    );
  });
});
