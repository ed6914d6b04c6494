import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../testing/small-run.js';
import { describeDataWait } from './data-wait.js';
import { openMetricLog, readMetricLog } from './metric-log.js';
import { formatDuration, summarizeLosses } from './progress.js';

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

describe('waiting for images', () => {
  it('is told as a share of the training, with a remedy from 2 % on', () => {
    expect(describeDataWait(0.25, 130)).toBe('waited 0.3 s for images, 0.2 % of 2m10s');
    expect(describeDataWait(2, 100)).toBe(
      'waited 2.0 s for images, 2.0 % of 1m40s; files that are no larger than needed, on a local disk, are read faster',
    );
    expect(describeDataWait(1, 3)).toBe('waited 1.0 s for images, 33.3 % of 3s');
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

  it('shows the losses that tell most', () => {
    expect(
      summarizeLosses({ 'D/latent_total': 1, 'G/latent_adv': 2, 'G/latent_sty': 0.5, 'G/latent_ds': 0.25, 'G/latent_cyc': 0.125 }),
    ).toBe('D 1.00 G 2.00 sty 0.50 ds 0.25 cyc 0.13');
  });
});
