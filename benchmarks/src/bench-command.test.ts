import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version_core } from '@tensorflow/tfjs-core';
import { captureOutput } from '@stargan/testing/captured-output';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './exit-code.js';
import { benchCommand } from './bench-command.js';
import type { Report } from './report.js';
import type { TensorResult } from './run-case.js';
import { runBin } from './testing/run-bin.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stargan-bench-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('pnpm bench', () => {
  it('measures every suite and writes what it prints as JSON', async () => {
    const file = join(folder, 'results.json');
    const { exitCode, stdout, stderr } = await runBin('bench', '--quick', '--json', file);
    expect(exitCode, stderr).toBe(0);
    const { results, matmulPeakGigaflopsPerSecond, machine, versions, git, date, failures } = JSON.parse(
      await readFile(file, 'utf8'),
    ) as Report;
    expect(failures).toEqual([]);
    expect(matmulPeakGigaflopsPerSecond).toBeGreaterThan(0);
    expect([...new Set(results.map(({ suite }) => suite))].sort()).toEqual([
      'AdaIN',
      'R1',
      'convolution',
      'data',
      'frechet',
      'inception',
      'instance norm',
      'losses',
      'networks',
      'optimizer',
      'penalties',
      'replaying',
      'resampling',
      'residual blocks',
    ]);
    for (const result of results) {
      expect(result.secondsMedian, JSON.stringify(result)).toBeGreaterThan(0);
      expect(result.runs).toBeGreaterThanOrEqual(3);
      expect(stdout).toContain(`${result.suite} › ${result.case}`);
      if ('imagesPerSecond' in result) expect(Math.min(result.imagesPerSecond, result.cpuSecondsPerImage)).toBeGreaterThan(0);
      // Statistics in float64 and the singular values of the Fréchet distance are computed without the runtime; what is replayed goes uncounted.
      else if (result.suite !== 'frechet' && !('variant' in result && result.variant === 'replayed'))
        expect(result.launches, JSON.stringify(result)).toBeGreaterThan(0);
    }
    expect(machine.cores).toBeGreaterThan(0);
    expect(versions).toMatchObject({ node: process.versions.node, tfjs: version_core });
    expect(Math.abs(Date.now() - Date.parse(date))).toBeLessThan(600_000);
    // Sources without a repository around them have no revision.
    if (git !== undefined) expect(git.revision).toMatch(/^[0-9a-f]{40}$/);
  });

  it('shows that one forward pass for R1 takes less arithmetic than two', async () => {
    const file = join(folder, 'r1.json');
    await captureOutput(() => runCommand(benchCommand(), ['r1 ›', '--quick', '--json', file]));
    const { results } = JSON.parse(await readFile(file, 'utf8')) as { results: TensorResult[] };
    const flops = Object.fromEntries(results.map((result) => [result.variant, result.flops]));
    expect(Object.keys(flops)).toEqual(['one forward pass', 'separate']);
    expect(flops['one forward pass']).toBeLessThan(flops.separate!);
  });

  it('ends with exit code 2 and the names of the suites when nothing fits the filter', async () => {
    const { code, err } = await captureOutput(() => runCommand(benchCommand(), ['no such case']));
    expect(code).toBe(2);
    expect(err).toContain('the suites are AdaIN, convolution');
  });
});
