import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { smallConfig } from './testing/small-config.js';
import { runPaths, type RunRecord } from './run-directory.js';
import { lockRun } from './run-lock.js';
import { readRunStatus } from './run-status.js';

const folder = useTemporaryFolder();
const record: RunRecord = { config: smallConfig({ iterations: 10 }), data: '/data', domains: ['cat', 'dog'] };

let runs = 0;
/** A run with these lines in its files. */
async function runWith(history: readonly object[], log: readonly object[] = []): Promise<string> {
  const run = path.join(folder(), `${runs++}`);
  await mkdir(run);
  const text = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (history.length > 0) await writeFile(runPaths(run).history, text(history));
  await writeFile(runPaths(run).log, text(log));
  return run;
}

const begun = { event: 'begun', iteration: 0 };

describe('the status of a run', () => {
  it.each([
    ['finished', [begun, { event: 'completed', iteration: 10 }], 10],
    ['stopped', [begun, { event: 'stopped', iteration: 4 }], 4],
    [
      'stopped',
      [begun, { event: 'failed', iteration: 2, reason: 'x' }, { event: 'resumed', iteration: 2 }, { event: 'stopped', iteration: 4 }],
      4,
    ],
    ['stopped', [], 0],
  ])('is %s by its history', async (state, history, iteration) => {
    expect(await readRunStatus(await runWith(history), record)).toEqual({ state, iteration, events: history });
  });

  it('is failed with the reason, and where the process ended without one', async () => {
    const failed = await runWith([begun, { event: 'failed', iteration: 3, reason: 'the disk is full' }]);
    expect(await readRunStatus(failed, record)).toMatchObject({ state: 'failed', iteration: 3, reason: 'the disk is full' });
    const killed = await runWith([begun], [{ iteration: 7, loss: 1 }]);
    expect(await readRunStatus(killed, record)).toMatchObject({
      state: 'failed',
      iteration: 7,
      reason: expect.stringContaining('its process ended without saying why') as string,
    });
  });

  it('is running while a process holds the folder, and no longer', async () => {
    const run = await runWith([begun], [{ iteration: 5 }]);
    const lock = await lockRun(run);
    expect(await readRunStatus(run, record)).toMatchObject({ state: 'running', iteration: 5 });
    await lock.release();
    expect(await readRunStatus(run, record)).toMatchObject({ state: 'failed' });
  });

  it('of a run of an earlier version is told by its log, and damaged lines are passed over', async () => {
    expect(await readRunStatus(await runWith([], [{ iteration: 10 }]), record)).toMatchObject({ state: 'finished', iteration: 10 });
    const run = await runWith([begun, { event: 'stopped', iteration: 4 }]);
    await writeFile(runPaths(run).history, `{"event": "begun", "iteration": 0}\n{"event": "stop\n{}\n3\nnull\n`);
    expect(await readRunStatus(run, record)).toMatchObject({ state: 'failed', events: [begun] });
  });
});
