import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { describe, expect, it } from 'vitest';
import { openMetricLog, readMetricLog } from './metric-log.js';

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
