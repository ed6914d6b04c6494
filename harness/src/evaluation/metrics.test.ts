import { evenlySpread as spread } from '@stargan/data/inspection';
import { metricTable } from '@stargan/metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTable } from '@stargan/command-line';
import { formatScore } from '@stargan/run';
import { listTasks } from '@stargan/training/evaluation';

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
    const format = (key: string, value: number | null): string =>
      formatScore(
        metricTable.find((metric) => metric.key === key)!,
        value,
      );
    expect([
      format('fid', 13.731),
      format('kid', 0.01234),
      format('lpips', 0.45151),
      format('domainAccuracy', 0.5),
      format('fid', null),
    ]).toEqual(['13.73', '12.34', '0.4515', '50.0 %', '–']);
  });
});
