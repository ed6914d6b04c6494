import { describe, expect, it } from 'vitest';
import { PICTURE_PIXELS } from './canvas.js';
import { describeGridBounds, gridPasses, gridScale, shownDomainsOf } from './grid-bounds.js';

const extent = { domains: 60, shown: 5, sources: 4, rows: 3, latentGrids: 1, imageSize: 256 };

describe('what grids show', () => {
  it('is at most so many domains, all for 0', () => {
    expect([shownDomainsOf(60, 5), shownDomainsOf(3, 5), shownDomainsOf(60, 0)]).toEqual([5, 3, 60]);
  });

  it('is counted in passes of the generator: latent grid, reference grid, and both ways of the cycle strip', () => {
    expect(gridPasses(extent)).toBe(20 * 15 + 20 * 20 + 2 * 20);
    expect(gridPasses({ ...extent, shown: 60 })).toBe(240 * 180 + 240 * 240 + 2 * 240);
  });

  it('is said when it is not all', () => {
    expect(describeGridBounds(extent, '--domains 0')).toEqual([
      'grids show the first 5 of 60 domains, in up to 740 passes of the generator; --domains 0 shows all, in up to 101280',
    ]);
    expect(describeGridBounds({ ...extent, domains: 5, imageSize: 1024 }, '')).toEqual([
      'grids of 21 columns show images of 1024×1024 pixels at 256×256',
    ]);
    expect(describeGridBounds({ ...extent, domains: 2, shown: 2 }, '')).toEqual([]);
    expect(describeGridBounds({ ...extent, shown: 60, imageSize: 16 }, '')[0]).toMatch(/grids take up to 101280 passes of the generator/);
  });
});

describe('gridScale', () => {
  it('enlarges small images, but not into pictures beyond bounds', () => {
    expect(gridScale(16, { width: 160, height: 160 })).toBe(4);
    expect(gridScale(256, { width: 160, height: 160 })).toBe(1);
    const large = { width: 241 * 16, height: 241 * 16 };
    expect(large.width * large.height * gridScale(16, large) ** 2).toBeLessThanOrEqual(PICTURE_PIXELS);
  });
});
