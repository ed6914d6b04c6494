import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { runPaths, writeRunRecord } from './run-directory.js';
import { lockRun } from './run-lock.js';
import { smallConfig } from './testing/small-config.js';
import { describeRunList, listRuns } from './list-runs.js';

const folder = useTemporaryFolder();

async function makeRun(name: string, events: readonly object[], iteration = 0): Promise<string> {
  const run = path.join(folder(), name);
  await mkdir(run, { recursive: true });
  await writeRunRecord(run, { config: smallConfig({ iterations: 10 }), data: '/data', domains: ['cat', 'dog'] });
  await writeFile(runPaths(run).history, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await writeFile(runPaths(run).log, `${JSON.stringify({ iteration })}\n`);
  return run;
}

describe('a list of runs', () => {
  it('holds those in the folder and in studies, with state, iterations, scores and sizes', async () => {
    await makeRun('runs/00002-b', [{ event: 'completed', iteration: 10 }]);
    const best = await makeRun('runs/00010-a', [{ event: 'stopped', iteration: 4 }], 4);
    await mkdir(runPaths(best).best);
    const record = { formatVersion: 1, metric: 'fid-stargan2', value: 13.5, iteration: 3, conditions: '' };
    await writeFile(path.join(runPaths(best).best, 'best.json'), JSON.stringify(record));
    await mkdir(path.join(best, 'checkpoints', '0000004'), { recursive: true });
    await writeFile(path.join(best, 'checkpoints', '0000004', 'generator.safetensors'), Buffer.alloc(3_000_000));
    await symlink(path.join(best, 'checkpoints'), path.join(best, 'link'));
    await makeRun('runs/study/F', [{ event: 'failed', iteration: 2, reason: 'the disk is full' }]);
    await makeRun('runs/study/deeper/than/that', []);
    const damaged = await makeRun('runs/damaged', []);
    await writeFile(runPaths(damaged).config, '{');
    await mkdir(path.join(folder(), 'runs', 'empty'));
    const running = await makeRun('runs/running', [{ event: 'begun', iteration: 0 }], 5);
    const lock = await lockRun(running);

    const list = await listRuns(path.join(folder(), 'runs'));
    await lock.release();
    expect(list.runs.map(({ name, state, iteration, iterations }) => [name, state, iteration, iterations])).toEqual([
      ['00002-b', 'finished', 10, 10],
      ['00010-a', 'stopped', 4, 10],
      ['running', 'running', 5, 10],
      [path.join('study', 'F'), 'failed', 2, 10],
    ]);
    expect(list.runs[1]).toMatchObject({
      best: { metric: 'fid-stargan2', value: 13.5, iteration: 3 },
      domains: ['cat', 'dog'],
      imageSize: 16,
    });
    expect(list.runs[1]!.bytes).toBeGreaterThan(3_000_000);
    expect(list.runs[1]!.bytes).toBeLessThan(3_100_000);
    expect(list.damaged).toEqual([{ name: 'damaged', reason: expect.stringContaining('config.json is damaged') as string }]);

    const lines = describeRunList(list, Date.parse(list.runs[0]!.updated) + 3 * 86_400_000).split('\n');
    expect(lines[0]).toMatch(/^run +state +iterations +best +size +idle +disk$/);
    expect(lines[2]).toMatch(/^00010-a +stopped +4\/10 +fid-stargan2 13\.50 at 3 +16² +\S+ +3\.0 MB$/);
    expect(lines[1]).toMatch(/ – +16² +3d +\d+ kB$/);
    expect(lines.slice(5)).toEqual([
      `${path.join('study', 'F')} failed: the disk is full`,
      expect.stringMatching(/^damaged cannot be read: .*config\.json is damaged/),
    ]);
  });

  it('is that of a run itself where the folder is one, and empty where there is none', async () => {
    const run = await makeRun('single', []);
    expect((await listRuns(run)).runs).toMatchObject([{ name: 'single', state: 'stopped' }]);
    await mkdir(path.join(folder(), 'nothing'));
    const none = await listRuns(path.join(folder(), 'nothing'));
    expect([none, describeRunList(none)]).toEqual([{ runs: [], damaged: [] }, '']);
  });

  it('shows names of any origin as text', async () => {
    await makeRun('odd/\u001b[31mred', []);
    expect(describeRunList(await listRuns(path.join(folder(), 'odd')))).not.toContain('\u001b');
  });
});
