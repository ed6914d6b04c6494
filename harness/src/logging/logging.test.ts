import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../testing/small-run.js';
import { openMetricLog, readMetricLog } from './metric-log.js';
import { formatDuration } from './format.js';
import { lineProgress } from './progress.js';

const folder = useTemporaryFolder();

describe('a metric log', () => {
  it('drops lines after the iteration it goes on from, and a line that was cut off', async () => {
    const file = path.join(folder(), 'log.jsonl');
    const log = await openMetricLog(file, 0);
    for (const iteration of [1, 2, 3]) await log.append({ iteration, loss: iteration / 2 });
    await appendFile(file, '{"iteration": 4, "lo');
    const resumed = await openMetricLog(file, 2);
    await resumed.append({ iteration: 3, loss: 7 });
    expect(await readMetricLog(file)).toEqual([
      { iteration: 1, loss: 0.5 },
      { iteration: 2, loss: 1 },
      { iteration: 3, loss: 7 },
    ]);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(4);
  });

  it('is empty where there is no file', async () => {
    expect(await readMetricLog(path.join(folder(), 'absent.jsonl'))).toEqual([]);
  });
});

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
    const often = lineProgress({ line: '{value} of {total} {what} {unknown}', secondsBetweenLines: 0 }, print);
    often.update(1, 2, { what: 'images' });
    expect(printed).toEqual(['1 of 2 images {unknown}']);
    for (const printsLast of [false, true]) {
      const seldom = lineProgress({ line: `{value}, ${printsLast}`, printsLast }, print);
      for (const value of [1, 2]) seldom.update(value, 2);
    }
    expect(printed.slice(1)).toEqual(['2, true']);
  });
});
