import { add, matMul, memory, ones } from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { runCase } from './run-case.js';
import type { MergedCase, Variants } from './suite.js';

const SCALE = { time: 0, minimumRuns: 4 };

const caseWith = (prepare: () => Variants): MergedCase => ({ suite: 'test', name: 'case', arithmetic: true, prepare: [prepare] });

describe('measuring a case', () => {
  it('runs the variants in turn', async () => {
    const order: string[] = [];
    const variant = (name: string) => (): Tensor => {
      order.push(name);
      return ones([2]);
    };
    await runCase(caseWith(() => ({ a: variant('a'), b: variant('b'), c: variant('c') })), { scale: SCALE, peak: 1 });
    expect(order.slice(-12).join('')).toBe('abcabcabcabc');
  });

  it('counts the work of one run and compares it with the peak', async () => {
    const a = ones<Rank.R2>([8, 4]);
    const b = ones<Rank.R2>([4, 2]);
    const [result] = await runCase(caseWith(() => ({ product: () => matMul(a, b) })), { scale: SCALE, peak: 1e9 });
    expect(result).toMatchObject({ suite: 'test', case: 'case', variant: 'product', runs: 4, flops: 128, launches: 1, peakBytes: 64 });
    expect(result!.shareOfPeak).toBeCloseTo(128 / result!.secondsMedian / 1e9, 9);
    a.dispose();
    b.dispose();
  });

  it('frees inputs, results and what variants leave behind', async () => {
    const before = memory().numTensors;
    await runCase(
      caseWith(() => {
        const x = ones([4]);
        return { sum: () => add(add(x, 1), 1) };
      }),
      { scale: SCALE, peak: 1 },
    );
    expect(memory().numTensors).toBe(before);
  });

  it('fails when a variant fails or returns nothing to read', async () => {
    await expect(runCase(caseWith(() => ({ bad: () => { throw new Error('no kernel'); } })), { scale: SCALE, peak: 1 })).rejects.toThrow('no kernel');
    await expect(runCase(caseWith(() => ({ empty: () => [] })), { scale: SCALE, peak: 1 })).rejects.toThrow('a variant must return at least one tensor');
  });
});
