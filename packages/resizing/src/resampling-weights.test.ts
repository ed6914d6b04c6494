import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { columnsFirst, resamplingWeights, type ResamplingFilter } from './resampling-weights.js';

const length = fc.integer({ min: 1, max: 200 });
const filters: readonly ResamplingFilter[] = ['bilinear', 'bicubic'];

describe('resamplingWeights', () => {
  it.each(filters)('%s reads positions of the line alone, with weights that sum to 1', (filter) => {
    fc.assert(
      fc.property(length, length, (from, to) => {
        const { width, starts, counts, values } = resamplingWeights(filter, from, to);
        expect([starts.length, counts.length, values.length]).toEqual([to, to, to * width]);
        for (let position = 0; position < to; position++) {
          expect(counts[position]).toBeGreaterThan(0);
          expect(counts[position]).toBeLessThanOrEqual(width);
          expect(starts[position]).toBeGreaterThanOrEqual(0);
          expect(starts[position]! + counts[position]!).toBeLessThanOrEqual(from);
          const own = values.subarray(position * width, (position + 1) * width);
          expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  it('has negative weights in the cubic filter alone', () => {
    expect(resamplingWeights('bilinear', 20, 30).values.every((weight) => weight >= 0)).toBe(true);
    expect(resamplingWeights('bicubic', 20, 30).values.some((weight) => weight < -0.01)).toBe(true);
  });

  test('the cubic filter is that of Keys, with a = −½', () => {
    // Doubling puts the fifth position ¼ before the third pixel: distances 1¼, ¼, ¾ and 1¾ to the pixels around it.
    const { width, starts, counts, values } = resamplingWeights('bicubic', 8, 16);
    const position = 4;
    expect([starts[position], counts[position]]).toEqual([0, 4]);
    const near = (x: number): number => 1.5 * x ** 3 - 2.5 * x ** 2 + 1;
    const far = (x: number): number => -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2;
    [far(1.75), near(0.75), near(0.25), far(1.25)].forEach((weight, k) => expect(values[position * width + k]).toBeCloseTo(weight, 12));
  });
});

describe('columnsFirst', () => {
  it('is for images that lose more than twice as many rows as columns', () => {
    const to = { width: 10, height: 10 };
    expect(columnsFirst({ width: 12, height: 15 }, to)).toBe(true);
    expect(columnsFirst({ width: 12, height: 14 }, to)).toBe(false);
    expect(columnsFirst({ width: 5, height: 10 }, to)).toBe(false);
    expect(columnsFirst({ width: 5, height: 11 }, to)).toBe(true);
  });
});
