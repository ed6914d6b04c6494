import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import type { Checkpoint } from '@stargan/checkpoints';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readMetricLog, findCheckpoint, runPaths, findBest, keepBest, listEvaluations, type EvaluationRecord } from '@stargan/run';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { averageFiles } from '@stargan/training';
import { train } from '../training/train.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});
beforeEach(() => void vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'cache')));
afterAll(() => void vi.unstubAllEnvs());

const runFolder = (name: string): string => path.join(folder(), name);

async function hashes(checkpoint: string): Promise<string[]> {
  const names = (await readdir(checkpoint)).filter((name) => name.endsWith('.safetensors')).sort();
  return Promise.all(
    names.map(
      async (name) =>
        `${name} ${createHash('sha256')
          .update(await readFile(path.join(checkpoint, name)))
          .digest('hex')}`,
    ),
  );
}

const checkpointOf = async (run: string, iteration: number): Promise<Checkpoint> => (await findCheckpoint(run, iteration)).checkpoint!;

const CONFIG = smallConfig({ iterations: 4, evaluateOutputs: 2, evaluateSources: 1, bestMetric: 'styleDistance' });

describe('evaluation during training', () => {
  it('comes every N iterations and leaves training as it would be without; the best checkpoint is kept', async () => {
    const [plain, evaluated] = [runFolder('plain'), runFolder('evaluated')];
    await train({ data, out: plain, config: CONFIG });
    const before = memory().numTensors;
    await train({ data, out: evaluated, config: { ...CONFIG, evaluateEvery: 2 } });
    expect(memory().numTensors).toBe(before);
    expect(await hashes((await checkpointOf(evaluated, 4)).path)).toEqual(await hashes((await checkpointOf(plain, 4)).path));
    expect(await readMetricLog(runPaths(evaluated).log)).toEqual(await readMetricLog(runPaths(plain).log));

    const log = await readMetricLog(runPaths(evaluated).evaluationLog);
    expect(log.map(({ iteration }) => iteration)).toEqual([2, 4]);
    const values = log.map((entry) => (entry['latent/styleDistance']! + entry['reference/styleDistance']!) / 2);
    expect(values.every(Number.isFinite)).toBe(true);
    const bestIteration = values[1]! > values[0]! ? 4 : 2;
    expect(await findBest(evaluated)).toMatchObject({ iteration: bestIteration, metric: 'styleDistance', value: Math.max(...values) });
    const kept = path.join(runPaths(evaluated).best, `000000${bestIteration}`);
    expect((await readdir(runPaths(evaluated).best)).sort()).toEqual([path.basename(kept), 'best.json']);
    expect(await hashes(kept)).toEqual(await hashes((await checkpointOf(evaluated, bestIteration)).path));
    await expect(readdir(runPaths(plain).best)).rejects.toThrow('ENOENT');
  });

  it('makes up for an evaluation that was not reached, and does none twice', async () => {
    const out = runFolder('resumed');
    await train({ data, out, config: { ...CONFIG, iterations: 2 } });
    const due = { ...CONFIG, iterations: 3, evaluateEvery: 2 };
    await train({ data, out, config: due, resume: true });
    expect((await listEvaluations(out)).map(({ iteration, completed }) => [iteration, completed])).toEqual([
      [2, true],
      [3, true],
    ]);
    const written = await readFile(runPaths(out).evaluationLog, 'utf8');
    await train({ data, out, config: due, resume: true });
    expect(await readFile(runPaths(out).evaluationLog, 'utf8')).toBe(written);
  });

  it('leaves when it is told to, and does the rest the next time', async () => {
    const out = runFolder('stopped');
    await train({ data, out, config: { ...CONFIG, iterations: 2 } });
    const config = { ...CONFIG, iterations: 3, evaluateEvery: 2 };
    expect(await train({ data, out, config, resume: true, signal: AbortSignal.abort() })).toMatchObject({ iteration: 2, completed: false });
    expect(await listEvaluations(out)).toEqual([]);
    await train({ data, out, config, resume: true });
    expect((await listEvaluations(out)).map(({ iteration }) => iteration)).toEqual([2, 3]);
  });

  it('needs two domains', async () => {
    const one = path.join(folder(), 'one');
    await mkdir(one);
    await symlink(path.join(data, 'train', 'circle'), path.join(one, 'circle'));
    await expect(train({ data: one, out: runFolder('alone'), config: { ...CONFIG, evaluateEvery: 1 } })).rejects.toThrow(
      'there is only one',
    );
  });
});

describe('the best checkpoint', () => {
  /** The run's evaluation with other values. */
  async function evaluationWith(values: Record<string, number | null>, iteration: number, sources = 1): Promise<EvaluationRecord> {
    const [evaluation] = await listEvaluations(runFolder('evaluated'));
    const scores = { values, reasons: { 'fid-stargan2': 'no weights' } };
    return { ...evaluation!, iteration, options: { ...evaluation!.options, sources }, means: { latent: scores, reference: scores } };
  }

  it.each([
    ['fid', 'fid-stargan2', [5, 4, 4.5], [1, 2, 2]],
    ['lpips', 'lpips', [0.4, 0.3, 0.5], [1, 1, 3]],
  ] as const)('is the one with the %s that is better for its kind', async (metric, key, values, expected) => {
    const checkpoint = await checkpointOf(runFolder('evaluated'), 4);
    const run = runFolder(`best-${metric}`);
    for (const [i, value] of values.entries()) {
      await keepBest(run, { ...checkpoint, iteration: i + 1 }, await evaluationWith({ [key]: value }, i + 1), metric);
      expect((await findBest(run))?.iteration).toBe(expected[i]);
      expect((await readdir(path.join(run, 'best'))).sort()).toEqual([`000000${expected[i]}`, 'best.json']);
    }
    const names = await readdir(path.join(run, 'best', `000000${expected[2]}`));
    expect(names).toEqual(expect.arrayContaining(averageFiles()));
    // Of other conditions, values do not compare.
    await keepBest(run, checkpoint, await evaluationWith({ [key]: metric === 'fid' ? 100 : 0.001 }, 4, 7), metric);
    expect((await findBest(run))?.iteration).toBe(4);
  });

  it('is none where the metric has no value', async () => {
    const checkpoint = await checkpointOf(runFolder('evaluated'), 4);
    expect(await keepBest(runFolder('none'), checkpoint, await evaluationWith({ 'fid-stargan2': null }, 4), 'fid')).toEqual({
      reason: 'fid-stargan2 has no value: no weights',
    });
    expect(await findBest(runFolder('none'))).toBeUndefined();
  });
});
