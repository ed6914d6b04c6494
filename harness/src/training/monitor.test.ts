import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { planTrainingBatch } from '@stargan/data';
import { describe, expect, it, vi } from 'vitest';
import { readMetricLog, runPaths } from '@stargan/run';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { train } from './train.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

const eventFiles = async (out: string): Promise<string[]> => (await readdir(runPaths(out).tensorboard)).sort();
const textOf = async (out: string, file: string): Promise<string> => readFile(path.join(runPaths(out).tensorboard, file), 'latin1');

describe('a training that is watched', () => {
  it('has every logged number, its grids from iteration 0 on and its configuration in event files, another one when it is resumed', async () => {
    const out = path.join(folder(), 'run');
    await train({ data, out, config: smallConfig({ iterations: 2, logEvery: 2, sampleEvery: 2 }) });
    const [first, ...others] = await eventFiles(out);
    expect(others).toEqual([]);
    const events = await textOf(out, first!);
    const [line] = await readMetricLog(runPaths(out).log);
    for (const name of Object.keys(line!).filter((key) => key !== 'iteration')) expect(events).toContain(name);
    for (const name of ['speed/residentBytes', 'grids/latent', 'grids/reference', 'grids/cycle', '| batch | 2 |'])
      expect(events).toContain(name);
    expect((await readdir(runPaths(out).samples)).sort()).toEqual(
      ['0000000', '0000002'].flatMap((iteration) => ['cycle', 'latent', 'reference'].map((kind) => `${iteration}-${kind}.png`)),
    );
    for (const iteration of ['0000000', '0000002'])
      expect(events).toContain(await readFile(path.join(runPaths(out).samples, `${iteration}-cycle.png`), 'latin1'));

    await train({ data, out, config: smallConfig({ iterations: 4, logEvery: 2, sampleEvery: 0 }), resume: true });
    expect(await eventFiles(out)).toEqual([first, expect.any(String)]);
    expect(await textOf(out, first!)).toBe(events);
  });

  it('writes none where that is not wanted', async () => {
    const out = path.join(folder(), 'without');
    await train({ data, out, config: smallConfig({ iterations: 1, tensorboard: false }) });
    await expect(readdir(runPaths(out).tensorboard)).rejects.toThrow('ENOENT');
  });

  it('goes on where event files cannot be written, and says so once', async () => {
    const out = path.join(folder(), 'failing');
    await mkdir(out);
    await writeFile(runPaths(out).tensorboard, 'a file in the way');
    const printed: string[] = [];
    const written = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const { completed } = await train({ data, out, config: smallConfig({ iterations: 3 }) });
    written.mockRestore();
    expect(completed).toBe(true);
    expect(printed.join('').match(/warning: tensorboard\/ could not be written: .*training goes on/g)).toHaveLength(1);
    expect(printed.join('')).toMatch(/tensorboard\/ could not be written \d+ times/);
    await rm(runPaths(out).tensorboard);
  });

  it('has norms of weights and gradients and learning rates in its log, and is the same training', async () => {
    const logs = [];
    for (const [name, logEvery] of [
      ['often', 1],
      ['once', 4],
    ] as const) {
      const out = path.join(folder(), name);
      await train({ data, out, config: smallConfig({ iterations: 4, logEvery, mappingLearningRate: 1e-5, sampleEvery: logEvery }) });
      logs.push((await readMetricLog(runPaths(out).log)).at(-1)!);
    }
    expect(logs[0]).toEqual(logs[1]);
    expect(logs[0]).toMatchObject({ 'learningRate/generator': 1e-3, 'learningRate/mappingNetwork': 1e-5 });
    for (const network of ['generator', 'mappingNetwork', 'styleEncoder', 'discriminator'])
      for (const norm of ['weightNorm', 'gradientNorm']) expect(logs[0]![`${norm}/${network}`]).toBeGreaterThan(0);
  });

  it('refreshes its report after grids, but seldom', async () => {
    const out = path.join(folder(), 'reported');
    const seen: string[] = [];
    const paths = runPaths(out);
    await train({
      data,
      out,
      config: smallConfig({ iterations: 3, logEvery: 1, sampleEvery: 1 }),
      sampler: (...parameters) => {
        if (existsSync(paths.report)) seen.push(readFileSync(paths.report, 'utf8'));
        return planTrainingBatch(...parameters);
      },
    });
    const html = await readFile(paths.report, 'utf8');
    expect(html).toContain('after 0 of 3 iterations');
    // It was written once, before the first iteration, and not again within half a minute.
    for (const text of seen) expect(text).toBe(html);
  });
});
