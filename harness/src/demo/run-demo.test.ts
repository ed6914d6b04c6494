import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { runPaths, writeRunRecord } from '@stargan/run';
import { chooseDemoRun } from './run-demo.js';

const folder = useTemporaryFolder();

describe('the demo', () => {
  it('goes on with the run of its settings, and leaves every other one as it is', async () => {
    const config = smallConfig();
    const [run, second, third] = ['run', 'run-2', 'run-3'].map((name) => path.join(folder(), name));
    const said: string[] = [];
    const choose = (values = {}): Promise<string> => chooseDemoRun(folder(), { ...config, ...values }, (line) => said.push(line));
    expect(await choose()).toBe(run);
    await writeRunRecord(run!, { config: { ...config, batch: 3 }, data: '/images', domains: ['a', 'b'] });
    const record = await readFile(runPaths(run!).config, 'utf8');
    expect(await choose()).toBe(second);
    expect(said).toEqual([`${run} was made with other settings, or holds something else: it is left alone`]);
    await mkdir(second!);
    await writeFile(path.join(second!, 'notes.txt'), "somebody's");
    expect(await choose()).toBe(third);
    expect(await choose({ batch: 3 })).toBe(run);
    expect(await readFile(runPaths(run!).config, 'utf8')).toBe(record);
  });
});
