import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '@stargan/testing/captured-output';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../exit-code.js';
import { runBin } from '../testing/run-bin.js';
import { iterationCommand } from './command.js';
import type { PeerComparison } from './compare.js';
import type { IterationCost } from './measure.js';

const SMALL = ['--image-size', '16', '--batch', '1', '--iterations', '2', '--set', 'widthBudget=128', '--set', 'maxWidth=16'];
const KEYS = ['secondsBest', 'secondsMedian', 'cpuSecondsMedian', 'flops', 'launches', 'peakTensorBytes', 'peakResidentBytes'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stargan-bench-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function peerThat(name: string, ...lines: string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, ['import json, sys', ...lines, ''].join('\n'));
  return file;
}

async function measure(...parameters: string[]): Promise<PeerComparison> {
  const { exitCode, stdout, stderr } = await runBin('iteration', ...SMALL, '--json', ...parameters);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as PeerComparison;
}

describe('pnpm bench:iteration', () => {
  it('prints these keys, and the same counts in every run, with the ratio of peaks to a peer that says its own', async () => {
    const first: IterationCost = await measure();
    expect(Object.keys(first)).toEqual(KEYS);
    expect(Object.values(first).every((value) => value > 0)).toBe(true);
    expect(first.peakResidentBytes).toBeGreaterThan(first.peakTensorBytes);
    const peer = await peerThat('memory.py', "print(json.dumps({'best_s': 1.0, 'peak_gib': 2.0}))");
    const second = await measure('--peer', peer, '--rounds', '1');
    for (const key of ['flops', 'launches', 'peakTensorBytes'] as const) expect(second[key], key).toBe(first[key]);
    expect(second.memoryRatio).toBeCloseTo(second.peakResidentBytes / 2 ** 31, 6);
  });

  it('takes the sizes of a preset, which options change', async () => {
    const run = async (...parameters: string[]): Promise<IterationCost> => {
      const { exitCode, stdout, stderr } = await runBin('iteration', '--iterations', '2', '--json', ...parameters);
      expect(exitCode, stderr).toBe(0);
      return JSON.parse(stdout) as IterationCost;
    };
    const byHand = ['widthBudget=512', 'maxWidth=64', 'styleDim=16', 'hiddenDim=128'].flatMap((assignment) => ['--set', assignment]);
    const { flops } = await run('--preset', 'demo', '--batch', '1');
    expect(flops).toBe((await run('--image-size', '32', '--batch', '1', ...byHand)).flops);
    const unknown = await captureOutput(() => runCommand(iterationCommand(), ['--preset', 'demoo']));
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain('unknown preset demoo; did you mean demo?');
  });

  it('alternates with a peer, passes the options on and gives the ratio to its best time, and none of memory on a card', async () => {
    const log = join(folder, 'log');
    const peer = await peerThat(
      'peer.py',
      `log = open(${JSON.stringify(log)}, 'a+')`,
      'log.seek(0)',
      'rounds = len(log.read())',
      "log.write('x')",
      "print('warming up')",
      "print(json.dumps({'best_s': [5.0, 4.0][rounds], 'peak_gib': 2.0, 'options': sys.argv[1:]}))",
    );
    const compared = await measure('--peer', peer, '--rounds', '2', '--peer-device', 'cuda');
    expect(Object.keys(compared)).toEqual([...KEYS, 'peer', 'ratio']);
    expect(compared.peer).toEqual({
      best_s: 4,
      peak_gib: 2,
      options: ['--img-size', '16', '--batch', '1', '--iterations', '2', '--json', '--device', 'cuda'],
    });
    expect(compared.ratio).toBeCloseTo(4 / compared.secondsBest, 6);
  });

  it('gives with --compile the peaks of two processes that hold one training each', async () => {
    const { exitCode, stdout, stderr } = await runBin('iteration', ...SMALL, '--json', '--compile', '--memory');
    expect(exitCode, stderr).toBe(0);
    const compared = JSON.parse(stdout) as IterationCost;
    expect(stderr.match(/^(compiled|operation by operation):$/gm)).toEqual(['compiled:', 'operation by operation:']);
    expect(stderr.match(/^resident memory +/gm) ?? []).toHaveLength(process.platform === 'linux' ? 2 : 0);
    expect(Object.keys(compared)).toEqual([...KEYS, 'eager', 'compileRatio']);
    expect(compared.eager!.peakResidentBytes).toBeGreaterThan(compared.peakTensorBytes);
    const alone = await runBin('iteration', ...SMALL, '--peak-of', 'eager');
    // It is the least that such a training takes: libraries and the runtime are most of so small a one.
    const { peakResidentBytes } = JSON.parse(alone.stdout) as { peakResidentBytes: number };
    expect(Math.abs(compared.eager!.peakResidentBytes / peakResidentBytes - 1)).toBeLessThan(0.2);
  });

  it('adds where the time goes when asked for a profile', async () => {
    const { exitCode, stdout, stderr } = await runBin('iteration', ...SMALL, '--json', '--profile');
    expect(exitCode, stderr).toBe(0);
    const { profile, ...cost } = JSON.parse(stdout) as IterationCost;
    expect(Object.keys(cost)).toEqual(KEYS);
    const { arithmetic, otherKernels, betweenLaunches, kernels, shapes, matmulPeakGigaflopsPerSecond } = profile!;
    expect(arithmetic.flops).toBe(cost.flops);
    expect(arithmetic.share + otherKernels.share + betweenLaunches.share).toBeCloseTo(1, 9);
    expect(arithmetic.shareOfPeak).toBeCloseTo(arithmetic.gigaflopsPerSecond / matmulPeakGigaflopsPerSecond, 9);
    for (const list of [kernels, shapes]) expect(list.reduce((sum, { launches }) => sum + launches, 0)).toBe(cost.launches);
    expect(stderr).toMatch(/^convolutions and matrix products +[\d.]+ /m);
  });

  it('prints a table for people, and where memory is when asked', async () => {
    const { stdout, stderr } = await runBin('iteration', ...SMALL, '--memory');
    expect(stderr).toMatch(/^(resident memory +[\d.]+ |resident memory by use: this system does not tell)/m);
    expect(stdout).toMatch(/^seconds, best +[\d.]+$/m);
    expect(stdout).toMatch(/^processor seconds of all threads, median +[\d.]+$/m);
    expect(stdout).not.toContain('profile');
    expect(stdout).toMatch(/^kernel launches +\d+$/m);
  });

  it('says what to do and ends with exit code 1 when the peer fails', async () => {
    const { exitCode, stderr } = await runBin('iteration', ...SMALL, '--peer', await peerThat('broken.py', "sys.exit('out of memory')"));
    expect(stderr).toMatch(/peer: .* ended with exit code 1:\s+out of memory/);
    expect(exitCode).toBe(1);
  });

  it.each([['--image-size', '17'], ['--iterations', 'many'], ['--set', 'imageSise=16'], ['--peer', 'no-such-file.py'], ['--unknown']])(
    'ends with exit code 2 for %s %s',
    async (...parameters) => {
      expect((await captureOutput(() => runCommand(iterationCommand(), parameters))).code).toBe(2);
    },
  );
});
