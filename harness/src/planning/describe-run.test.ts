import { describe, expect, it } from 'vitest';
import { parseConfig } from '@stargan/run';
import { checkpointBytes, describeDisk, describeEvaluationWork, describeRuns } from './describe-run.js';

const GIB = 2 ** 30;

describe('what is said before a training', () => {
  it('is nothing when all is small', async () => {
    const state = { weights: 1000, moments: 2000, averages: 500 };
    expect(await describeRuns({ config: parseConfig({}), domains: 3, out: '.', state })).toEqual([]);
  });

  it('names what sixty domains leave out, take long for, and need of the disk', async () => {
    const state = { weights: 1, moments: 2, averages: 1 };
    const lines = await describeRuns({ config: parseConfig({ evaluateEvery: 1000 }), domains: 60, out: '.', state, models: 1771 });
    expect(lines).toEqual([
      '1771 models are trained one after another, each a run of its own',
      'grids show the first 5 of 60 domains, in up to 740 passes of the generator; --set sampleDomains=0 shows all, in up to 101280',
      'evaluating all domains takes 7080 tasks, one for every pair and kind of guidance; evaluateSources and evaluateOutputs bound what each takes',
    ]);
  });

  it('counts the checkpoints that are kept, the one being written and the best', () => {
    const state = { weights: GIB, moments: 2 * GIB, averages: GIB };
    expect(checkpointBytes({ keepCheckpoints: 3, evaluateEvery: 0 }, state)).toBe(16 * GIB);
    expect(checkpointBytes({ keepCheckpoints: 3, evaluateEvery: 10 }, state)).toBe(20 * GIB);
  });

  it('warns when the disk has less than checkpoints take', () => {
    expect(describeDisk(16 * GIB, 20 * GIB)).toEqual(['checkpoints take up to 16.0 GiB; 20.0 GiB of the disk are free']);
    expect(describeDisk(GIB / 2, GIB / 64)).toEqual([
      'warning: checkpoints take up to 0.5 GiB; 16.0 MiB of the disk are free; make room, name another disk with --out, or keep fewer with --set keepCheckpoints=1',
    ]);
    expect(describeDisk(GIB / 2, undefined)).toEqual([]);
  });
});

describe('what is said before an evaluation', () => {
  it('counts tasks and translations when they are many', () => {
    expect(describeEvaluationWork([10, 10], 10)).toEqual([]);
    expect(describeEvaluationWork(new Array<number>(60).fill(10), 10)).toEqual([
      '7080 tasks with up to 708000 translations; --sources and --outputs make them fewer, and an evaluation that is stopped goes on',
    ]);
  });
});
