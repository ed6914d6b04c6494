import { describe, expect, it } from 'vitest';
import { logChart, type LogLine } from './chart.js';

describe('a chart of a log', () => {
  it('has a curve for each value that the log holds', () => {
    const log = [1, 2, 3].map((iteration) => ({ iteration, 'G/adv': iteration / 10 }));
    expect(logChart(log, { G: 'G/adv', D: 'D/adv' }, { title: 'Losses', y: 'loss' })).toEqual({
      title: 'Losses',
      y: 'loss',
      labels: ['G'],
      data: [
        [1, 2, 3],
        [0.1, 0.2, 0.3],
      ],
    });
  });

  it('has gaps where values are missing or not finite', () => {
    const log: LogLine[] = [
      { iteration: 1, a: 1 },
      { iteration: 2, a: NaN, b: 2 },
      { iteration: 3, b: Infinity },
    ];
    expect(logChart(log, { a: 'a', b: 'b' }, { title: '' })!.data).toEqual([
      [1, 2, 3],
      [1, null, null],
      [null, 2, null],
    ]);
  });

  it('is none where there is nothing to draw', () => {
    expect(logChart([], { a: 'a' }, { title: '' })).toBeUndefined();
    expect(logChart([{ iteration: 1, a: 1 }], { a: 'a' }, { title: '' })).toBeUndefined();
    expect(
      logChart(
        [1, 2].map((iteration) => ({ iteration })),
        { a: 'a' },
        { title: '' },
      ),
    ).toBeUndefined();
  });

  it('shows long logs as means over stretches, of finite values alone', () => {
    const log = Array.from({ length: 2499 }, (_, i) => ({ iteration: i + 1, a: i % 3 === 0 ? NaN : 1 }));
    const { data } = logChart(log, { a: 'a' }, { title: '' })!;
    expect([data[0]!.length, new Set(data[1])]).toEqual([833, new Set([1])]);
    expect(data[0]!.slice(0, 2)).toEqual([2, 5]);
  });
});
