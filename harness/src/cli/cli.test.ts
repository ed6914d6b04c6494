import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { stargan } from '../testing/run-command.js';
import { SMALL_CONFIG, smallDataset, useTemporaryFolder } from '../testing/small-run.js';

const bin = fileURLToPath(new URL('../../bin/stargan.js', import.meta.url));
let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

const settings = Object.entries(SMALL_CONFIG)
  .filter(([key]) => key !== 'iterations')
  .flatMap(([key, value]) => ['--set', `${key}=${String(value)}`]);

describe('stargan', () => {
  it('plans the memory of a training, and says what fits', async () => {
    const planned = await stargan('plan', ...settings, '--domains', '3', '--json');
    const { fits, neededBytes, runtimeBytes, plan } = JSON.parse(planned.out) as {
      fits: boolean;
      neededBytes: number;
      runtimeBytes: number;
      plan: { peakBufferBytes: number };
    };
    expect(neededBytes).toBe(runtimeBytes + plan.peakBufferBytes);
    expect(typeof fits).toBe('boolean');
    const enormous = await stargan('plan', '--image-size', '512', '--set', 'widthBudget=1048576', '--set', 'maxWidth=4096', '--batch', '2');
    expect(enormous.out).toMatch(/it does not fit: .*(--batch 1 fits|no batch fits)/);
    expect(enormous.code).toBe(0);
  });

  it('trains, resumes, samples and reports', async () => {
    const out = path.join(folder(), 'run');
    const trained = await stargan('train', '--data', data, '--out', out, ...settings, '--iterations', '2', '--json');
    expect(trained.err).not.toMatch(/^error:/m);
    expect(trained.err).toMatch(/^predicted peak: \d+\.\d GiB \(tensors .*\); .* available$/m);
    expect(JSON.parse(trained.out.trim().split('\n').at(-1)!)).toMatchObject({ iteration: 2, completed: true });
    const resumed = await stargan('train', '--data', data, '--out', out, '--iterations', '3', '--resume', '--json');
    expect(JSON.parse(resumed.out.trim().split('\n').at(-1)!)).toMatchObject({ iteration: 3 });
    const sampled = await stargan('sample', '--run', out, '--psi', '0.5,1', '--rows', '1', '--sources', '2', '--json');
    const { files } = JSON.parse(sampled.out) as { files: string[] };
    expect(files.map((file) => path.basename(file))).toEqual(
      ['reference', 'cycle', 'latent-psi-0.5', 'latent-psi-1'].map((kind) => `0000003-${kind}.png`),
    );
    expect((await readdir(path.join(out, 'samples'))).sort()).toEqual(expect.arrayContaining(files.map((file) => path.basename(file))));
    expect((await stargan('report', '--run', out)).out.trim()).toBe(path.join(out, 'report.html'));
    expect((await stargan('train', '--data', data, '--out', out)).code).toBe(2);
  });
});

// Whole processes: a busy machine takes long to start each of them.
describe('the process of stargan', { timeout: 300_000 }, () => {
  it('saves and leaves at a signal, even when it is repeated at once', async () => {
    const out = path.join(folder(), 'interrupted');
    const child = spawn(process.execPath, [bin, 'train', '--data', data, '--out', out, ...settings, '--iterations', '100000']);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    // Not 'exit', which may come before the last of the output.
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    await vi.waitFor(async () => expect(await readFile(path.join(out, 'log.jsonl'), 'utf8')).toContain('\n'), { timeout: 100_000 });
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGHUP'] as const) child.kill(signal);
    // Signals that come together are delivered in any order.
    expect([129, 143]).toContain(await closed);
    expect(text).toMatch(/stopped after \d+ of 100000 iterations; saved in .*; go on with --resume/);
    expect(await readdir(path.join(out, 'checkpoints'))).toHaveLength(1);
  });

  it('trains to the end when nobody reads what it prints', async () => {
    const out = path.join(folder(), 'unread');
    const child = spawn(process.execPath, [bin, 'train', '--data', data, '--out', out, ...settings, '--iterations', '2'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(err).not.toMatch(/EPIPE|^ +at /m);
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000002']);
  });
});
