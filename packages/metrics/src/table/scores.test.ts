import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricKey } from './metric.js';
import { metricTable } from './metric-table.js';
import { meanScores, score } from './scores.js';

describe('scores', () => {
  it('are numbers or have a reason', () => {
    expect(score('fid', { value: NaN })).toEqual({
      values: { fid: null },
      reasons: { fid: 'it came out as NaN: the translations are not finite' },
    });
    expect(score('fid', { value: 2 })).toEqual({ values: { fid: 2 }, reasons: {} });
  });

  it('name the convention where they depend on it', () => {
    expect(metricTable.map((metric) => metricKey(metric, 'clean'))).toEqual([
      'fid-clean',
      'kid-clean',
      'precision-clean',
      'recall-clean',
      'density-clean',
      'coverage-clean',
      'lpips',
      'domainAccuracy',
      'styleDistance',
    ]);
  });

  it('have a mean only where every task has a value', () => {
    const value = fc.option(fc.double({ min: -10, max: 10, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (values) => {
        const mean = meanScores(
          values.map((one, i) => ({ name: `task ${i}`, scores: score('x', one === null ? { reason: 'why not' } : { value: one }) })),
        );
        if (values.includes(null)) {
          expect(mean.values.x).toBeNull();
          expect(mean.reasons.x).toMatch(/^task \d: why not/);
        } else {
          expect(mean.values.x).toBeCloseTo((values as number[]).reduce((a, b) => a + b, 0) / values.length, 12);
        }
      }),
    );
  });
});
