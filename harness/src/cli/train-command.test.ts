import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stargan as inThisFolder } from '../testing/run-command.js';
import { SMALL_CONFIG, smallDataset, useTemporaryFolder } from '../testing/small-run.js';

const folder = useTemporaryFolder(async (created) => {
  await smallDataset(created);
});

/** Calls the command in the temporary folder. */
async function stargan(...argv: string[]): ReturnType<typeof inThisFolder> {
  const before = process.cwd();
  process.chdir(folder());
  try {
    return await inThisFolder(...argv);
  } finally {
    process.chdir(before);
  }
}

const SMALL = Object.entries({ ...SMALL_CONFIG, iterations: 1 }).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

describe('stargan train without --out', () => {
  it('says what it would do in a dry run, and writes nothing', async () => {
    const before = await readdir(folder(), { recursive: true });
    const { code, out } = await stargan('train', '--data', 'images', ...SMALL, '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain(`would train in ${path.join('runs', '00000-train-images-16-batch2')}, with`);
    expect(out).toMatch(/^ {2}iterations +1$/m);
    expect(out).toContain('training images: 12 in 2 domains (circle 6, square 6)');
    expect(out).toMatch(/predicted peak: .* GiB/);
    const json = JSON.parse((await stargan('train', '--data', 'images', ...SMALL, '--dry-run', '--json')).out) as object;
    expect(json).toMatchObject({ resumes: false, config: { imageSize: 16 }, dataset: { splits: [{ images: 12 }, { images: 4 }] } });
    expect(await readdir(folder(), { recursive: true })).toEqual(before);
  });

  it('takes a preset for small photographs', async () => {
    const { code, out } = await stargan('train', '--data', 'images', '--preset', 'photos-32', '--dry-run', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ config: { imageSize: 32, lambdaR1: 0.1, lambdaDiversity: 0.5, batch: 8 } });
  });

  it('takes the next numbered folder, which stargan runs lists, and a resumed run must be named', async () => {
    const trained = await stargan('train', '--data', 'images', ...SMALL, '--json');
    expect(trained.code).toBe(0);
    const run = path.join('runs', '00000-train-images-16-batch2');
    expect(JSON.parse(trained.out.trim().split('\n').at(-1)!)).toMatchObject({ completed: true, out: run });
    expect((await stargan('runs')).out).toMatch(/^00000-train-images-16-batch2 +finished +1\/1 /m);
    expect(JSON.parse((await stargan('runs', '--json')).out)).toMatchObject({ runs: [{ state: 'finished', iteration: 1 }] });
    expect(await stargan('train', '--data', 'images', '--resume')).toMatchObject({
      code: 2,
      err: 'error: --resume needs --out, the folder of the run; stargan runs lists those in runs/',
    });
    expect(await stargan('runs', 'absent')).toMatchObject({ code: 2, err: expect.stringContaining('absent does not exist') as string });
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
