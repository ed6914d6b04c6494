import { spawn } from 'node:child_process';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot } from '@stargan/backend';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type EvaluationRecord, runPaths } from '@stargan/run';
import { stargan } from '../testing/run-command.js';
import { SMALL_CONFIG, smallDataset, useTemporaryFolder } from '../testing/small-run.js';

const bin = fileURLToPath(new URL('../../bin/stargan.js', import.meta.url));
const cache = cacheRoot();

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
  // The runtime of the machine, and no pretrained weights.
  await mkdir(path.join(created, 'cache'));
  for (const name of await readdir(cache))
    if (name !== 'weights' && name !== 'features') await symlink(path.join(cache, name), path.join(created, 'cache', name));
  vi.stubEnv('STARGAN_CACHE_DIR', path.join(created, 'cache'));
  const settings = Object.entries({
    ...SMALL_CONFIG,
    iterations: 2,
    evaluateEvery: 1,
    evaluateSources: 1,
    evaluateOutputs: 2,
    bestMetric: 'domainAccuracy',
  });
  const trained = await stargan(
    'train',
    '--data',
    data,
    '--out',
    path.join(created, 'run'),
    ...settings.flatMap(([key, value]) => ['--set', `${key}=${String(value)}`]),
  );
  if (trained.code !== 0) throw new Error(trained.err);
});

afterAll(() => void vi.unstubAllEnvs());

describe('stargan evaluate', () => {
  it.each([
    [[], /either --run .* or --real and --fake/],
    [['--run', 'a', '--real', 'b'], /either --run .* or --real and --fake/],
    [['--run', 'a', '--save-statistics', 'b'], /--save-statistics belongs to --real and --fake/],
    [['--real', 'a', '--fake', 'b', '--outputs', '3'], /--outputs belongs to --run/],
    [['--real', 'a'], /--real needs --fake/],
    [['--real', 'a', '--fake', 'b', '--fid', 'tensorflow'], /stargan2, clean, pytorch; got tensorflow/],
    [['--run', 'a', '--fid', 'all'], /takes one convention for a run/],
    [['--run', 'absent'], /holds no run/],
  ])('exits with 2 when it is used wrongly: %j', async (argv, message) => {
    const { code, err } = await stargan('evaluate', ...argv);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it('prints a table with reasons, or JSON, of a run; and again without computing', async () => {
    const out = path.join(folder(), 'run');
    const first = await stargan('evaluate', '--run', out, '--sources', '0');
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^latent +circle → square +4 +– .*%/m);
    expect(first.out).toContain('stargan weights fetch inception-torchvision');
    const again = await stargan('evaluate', '--run', out, '--sources', '0', '--json');
    const { file, tasks, completed } = JSON.parse(again.out) as EvaluationRecord & { file: string };
    expect(completed).toBe(true);
    expect(tasks).toHaveLength(4);
    expect(first.out).toContain(file);
    const best = await stargan('evaluate', '--run', out, '--checkpoint', 'best', '--json');
    expect([1, 2]).toContain((JSON.parse(best.out) as EvaluationRecord).iteration);
    // One of each iteration from training, and the one with all sources.
    expect(await readdir(runPaths(out).evaluations)).toHaveLength(3);
    expect((await stargan('report', '--run', out)).code).toBe(0);
  });

  it('exits with 1 where folders need weights that are not there, and says how to get them', async () => {
    const images = path.join(data, 'train', 'circle');
    const result = await stargan('evaluate', '--real', images, '--fake', images, '--fid', 'clean');
    expect(result.code).toBe(1);
    expect(result.err).toContain('run "stargan weights fetch inception-fid"');
    // The former spelling names the new one.
    expect(result.err).toContain('note: stargan evaluate --real --fake is now called stargan compare --real --fake');
  });

  it('keeps what is done at Ctrl-C', async () => {
    const out = path.join(folder(), 'run');
    const child = spawn(process.execPath, [bin, 'evaluate', '--run', out, '--sources', '0', '--outputs', '1000']);
    let text = '';
    let interrupted = false;
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (interrupted || !/^(native|wasm|cpu)/m.test(text)) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    const code = await ended;
    expect(text).toMatch(/stopping; what is done is kept/);
    expect(text).toMatch(/stopped after \d of 4 tasks; the same command resumes it/);
    expect(code).toBe(130);
  });
});

describe('stargan compare', () => {
  it.each([
    [[], /--real/],
    [['--real', 'a'], /--real needs --fake/],
    [['--real', 'a', '--fake', 'b', '--fid', 'tensorflow'], /stargan2, clean, pytorch; got tensorflow/],
    [['--real', 'a', '--save-statistics', 'b.npz', '--fid', 'all'], /--save-statistics takes one convention/],
  ])('exits with 2 when it is used wrongly: %j', async (argv, message) => {
    const { code, err } = await stargan('compare', ...argv);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
