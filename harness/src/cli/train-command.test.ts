import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { SMALL_CONFIG, smallDataset } from '../testing/small-run.js';

const folder = useTemporaryFolder(async (created) => {
  await smallDataset(created);
});

const command = path.join(import.meta.dirname, '..', '..', 'bin', 'stargan.js');

/** Calls the command in the temporary folder. */
async function stargan(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const run = promisify(execFile)(process.execPath, [command, ...argv], { cwd: folder() });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

const SMALL = Object.entries({ ...SMALL_CONFIG, iterations: 1 }).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

describe('stargan train without --out', () => {
  it('says what it would do in a dry run, and writes nothing', async () => {
    const before = await readdir(folder(), { recursive: true });
    const { code, stdout } = await stargan('train', '--data', 'images', ...SMALL, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(`would train in ${path.join('runs', '00000-train-images-16-batch2')}, with`);
    expect(stdout).toMatch(/^ {2}iterations +1$/m);
    expect(stdout).toContain('training images: 12 in 2 domains (circle 6, square 6)');
    expect(stdout).toMatch(/predicted peak: .* GiB/);
    const json = JSON.parse((await stargan('train', '--data', 'images', ...SMALL, '--dry-run', '--json')).stdout) as object;
    expect(json).toMatchObject({ resumes: false, config: { imageSize: 16 }, dataset: { splits: [{ images: 12 }, { images: 4 }] } });
    expect(await readdir(folder(), { recursive: true })).toEqual(before);
  });

  it('takes a preset for small photographs', async () => {
    const { code, stdout } = await stargan('train', '--data', 'images', '--preset', 'photos-32', '--dry-run', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ config: { imageSize: 32, lambdaR1: 0.1, lambdaDiversity: 0.5, batch: 8 } });
  });

  it('takes the next numbered folder, which stargan runs lists, and a resumed run must be named', async () => {
    const trained = await stargan('train', '--data', 'images', ...SMALL, '--json');
    expect(trained.code).toBe(0);
    const out = path.join('runs', '00000-train-images-16-batch2');
    expect(JSON.parse(trained.stdout.trim().split('\n').at(-1)!)).toMatchObject({ completed: true, out });
    expect((await stargan('runs')).stdout).toMatch(/^00000-train-images-16-batch2 +finished +1\/1 /m);
    expect(JSON.parse((await stargan('runs', '--json')).stdout)).toMatchObject({ runs: [{ state: 'finished', iteration: 1 }] });
    expect(await stargan('train', '--data', 'images', '--resume')).toMatchObject({
      code: 2,
      stderr: 'error: --resume needs --out, the folder of the run; stargan runs lists those in runs/\n',
    });
    expect(await stargan('runs', 'absent')).toMatchObject({ code: 2, stderr: expect.stringContaining('absent does not exist') as string });
  });

  it('leaves no folder of a run that was refused', async () => {
    const refused = await stargan(
      'train',
      '--data',
      'images',
      '--set',
      'evaluateEvery=1',
      '--set',
      'checkImages=none',
      '--data',
      'images/train/circle',
    );
    expect(refused.code).not.toBe(0);
    expect(await readdir(path.join(folder(), 'runs'))).toEqual(['00000-train-images-16-batch2']);
  });
});
