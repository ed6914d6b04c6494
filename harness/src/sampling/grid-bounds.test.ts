import { describe, expect, it } from 'vitest';
import { describeBounds, generatorPasses, shownOf } from './grid-bounds.js';

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
