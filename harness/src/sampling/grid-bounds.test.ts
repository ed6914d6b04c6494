import { describe, expect, it } from 'vitest';
import { describeBounds, generatorPasses, shownOf } from './grid-bounds.js';
import { createCanvas, PICTURE_PIXELS, shrinkToFit } from '@stargan/training';

const extent = { domains: 60, shown: 5, sources: 4, rows: 3, latentGrids: 1, imageSize: 256 };

describe('what grids show', () => {
  it('is at most so many domains, all for 0', () => {
    expect([shownOf(60, 5), shownOf(3, 5), shownOf(60, 0)]).toEqual([5, 3, 60]);
  });

  it('is counted in passes of the generator: latent grid, reference grid, and both ways of the cycle strip', () => {
    expect(generatorPasses(extent)).toBe(20 * 15 + 20 * 20 + 2 * 20);
    expect(generatorPasses({ ...extent, shown: 60 })).toBe(240 * 180 + 240 * 240 + 2 * 240);
  });

  it('is said when it is not all', () => {
    expect(describeBounds(extent, '--domains 0')).toEqual([
      'grids show the first 5 of 60 domains, in up to 740 passes of the generator; --domains 0 shows all, in up to 101280',
    ]);
    expect(describeBounds({ ...extent, domains: 5, imageSize: 1024 }, '')).toEqual([
      'grids of 21 columns show images of 1024×1024 pixels at 256×256',
    ]);
    expect(describeBounds({ ...extent, domains: 2, shown: 2 }, '')).toEqual([]);
    expect(describeBounds({ ...extent, shown: 60, imageSize: 16 }, '')[0]).toMatch(/grids take up to 101280 passes of the generator/);
  });
});

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
