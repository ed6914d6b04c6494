import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spread } from './hashed-files.js';
import { meanScores, metricKey, METRICS, score } from './metrics.js';
import { formatTable } from '../logging/text-table.js';
import { formatScore } from './results-table.js';
import { listTasks } from './tasks.js';

describe('scores', () => {
  it('are numbers or have a reason', () => {
    expect(score('fid', NaN)).toEqual({ values: { fid: null }, reasons: { fid: 'it came out as NaN: the translations are not finite' } });
    expect(score('fid', 2)).toEqual({ values: { fid: 2 }, reasons: {} });
  });

  it('name the convention where they depend on it', () => {
    expect(METRICS.map((metric) => metricKey(metric, 'clean'))).toEqual([
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
        const mean = meanScores(values.map((one, i) => ({ name: `task ${i}`, scores: score('x', one ?? 'why not') })));
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

describe('tasks', () => {
  it('are every ordered pair of different domains under both guidances, those of a target together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), (domains) => {
        const tasks = listTasks(domains);
        expect(new Set(tasks.map(({ guidance, source, target }) => `${guidance} ${source} ${target}`)).size).toBe(
          2 * domains * (domains - 1),
        );
        expect(tasks.every(({ source, target }) => source !== target)).toBe(true);
        expect(tasks.map(({ target }) => target)).toEqual(tasks.map(({ target }) => target).sort((a, b) => a - b));
      }),
    );
  });
});

describe('images that are chosen', () => {
  it('are as many as asked for, all different, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 250 }), (length, count) => {
        const items = Array.from({ length }, (_, i) => i);
        const chosen = spread(items, count);
        expect(chosen).toHaveLength(count === 0 ? length : Math.min(count, length));
        expect([...new Set(chosen)].sort((a, b) => a - b)).toEqual(chosen);
      }),
    );
  });
});

describe('tables', () => {
  it('align columns and show what is missing as a dash', () => {
    expect(
      formatTable({
        headings: ['a', 'b', 'c'],
        rows: [
          ['long', 'x', '1'],
          ['s', 'yy', '234'],
        ],
      }),
    ).toBe('a     b     c\nlong  x     1\ns     yy  234');
    expect([
      formatScore('fid', 13.731),
      formatScore('kid', 0.01234),
      formatScore('lpips', 0.45151),
      formatScore('domainAccuracy', 0.5),
      formatScore('fid', null),
    ]).toEqual(['13.73', '12.34', '0.4515', '50.0 %', '–']);
  });
});
