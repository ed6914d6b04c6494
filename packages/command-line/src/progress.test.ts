import { describe, expect, it } from 'vitest';
import { formatDuration } from './format.js';
import { progressLines } from './progress.js';

describe('progress', () => {
  it('writes durations as people read them', () => {
    expect([0, 59.6, 61, 3599, 3600, 7500, Infinity].map(formatDuration)).toEqual([
      '0s',
      '1m00s',
      '1m01s',
      '59m59s',
      '1h00m',
      '2h05m',
      '?',
    ]);
  });

  it('prints a line now and then, and the last one where that is wanted', () => {
    const printed: string[] = [];
    const print = (line: string): void => void printed.push(line);
    const often = progressLines({ line: '{value} of {total} {what} {unknown}', secondsBetweenLines: 0 }, print);
    often.update(1, 2, { what: 'images' });
    expect(printed).toEqual(['1 of 2 images {unknown}']);
    for (const printsLast of [false, true]) {
      const seldom = progressLines({ line: `{value}, ${printsLast}`, printsLast }, print);
      for (const value of [1, 2]) seldom.update(value, 2);
    }
    expect(printed.slice(1)).toEqual(['2, true']);
  });
});
