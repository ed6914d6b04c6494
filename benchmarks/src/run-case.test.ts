import { add, matMul, memory, mul, ones, scalar, variable } from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { runCase, type TensorResult } from './run-case.js';
import type { NamedCase, Variants } from './suite.js';

const OPTIONS = { scale: { time: 0, minimumRuns: 4 }, peak: 1e9 };

const caseWith = (prepare: () => Variants): NamedCase => ({ suite: 'test', name: 'case', arithmetic: true, prepare });

describe('measuring a case', () => {
  it('runs the variants in turn', async () => {
    const order: string[] = [];
    const variant = (name: string) => (): Tensor => {
      order.push(name);
      return ones([2]);
    };
    await runCase(
      caseWith(() => ({ a: variant('a'), b: variant('b'), c: variant('c') })),
      OPTIONS,
    );
    expect(order.slice(-12).join('')).toBe('abcabcabcabc');
  });

  it('counts the work of one run and compares it with the peak', async () => {
    const a = ones<Rank.R2>([8, 4]);
    const b = ones<Rank.R2>([4, 2]);
    const [result] = (await runCase(
      caseWith(() => ({ product: () => matMul(a, b) })),
      OPTIONS,
    )) as TensorResult[];
    expect(result).toMatchObject({ suite: 'test', case: 'case', variant: 'product', runs: 4, flops: 128, launches: 1, peakBytes: 64 });
    expect(result!.shareOfPeak).toBeCloseTo(128 / result!.secondsMedian / 1e9, 9);
    expect(result!.secondsVariance).toBeGreaterThanOrEqual(0);
    a.dispose();
    b.dispose();
  });

  it('frees inputs, variables, results and what variants leave behind', async () => {
    const mine = variable(ones([2]));
    const before = memory().numTensors;
    await runCase(
      caseWith(() => {
        const x = ones([4]);
        const weight = variable(ones([4]));
        return { sum: () => add(add(x, weight), 1) };
      }),
      OPTIONS,
    );
    expect(memory().numTensors).toBe(before);
    expect(mine.isDisposed).toBe(false);
    mine.dispose();
  });

  it('fails when a variant fails, returns nothing to read, or there is none, and says where', async () => {
    await expect(
      runCase(
        caseWith(() => ({
          bad: () => {
            throw new Error('no kernel');
          },
        })),
        OPTIONS,
      ),
    ).rejects.toThrow('test › case: no kernel');
    await expect(
      runCase(
        caseWith(() => ({ empty: () => [] })),
        OPTIONS,
      ),
    ).rejects.toThrow('a variant must return at least one tensor');
    await expect(
      runCase(
        caseWith(() => ({})),
        OPTIONS,
      ),
    ).rejects.toThrow('there must be at least one variant, got none');
  });

  it('refuses a variant that computes something else, and leaves nothing behind', async () => {
    const before = memory().numTensors;
    const faulty = (run: (x: Tensor) => Tensor): Promise<unknown> =>
      runCase(
        caseWith(() => {
          const x = ones([3, 5]);
          return { right: () => mul(x, 2), wrong: () => run(x) };
        }),
        OPTIONS,
      );
    await expect(faulty((x) => mul(x, 2.01))).rejects.toThrow(
      /test › case: wrong does not compute what right does: its result differs by 5\.0e-3/,
    );
    await expect(faulty((x) => mul(x, NaN))).rejects.toThrow('wrong does not compute what right does');
    await expect(faulty(() => scalar(2))).rejects.toThrow('it gives [] instead of [3, 5]');
    await expect(faulty((x) => add(x, x))).resolves.toHaveLength(2);
    expect(memory().numTensors).toBe(before);
  });

  it('runs readers of images one at a time and in turn, and closes them', async () => {
    const order: string[] = [];
    const reader = (name: string) => async (): Promise<void> => {
      order.push(`${name}(`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      order.push(')');
    };
    const results = await runCase(
      {
        suite: 'test',
        name: 'files',
        images: 6,
        prepareImages: () =>
          Promise.resolve({ variants: { a: reader('a'), b: reader('b') }, close: () => Promise.resolve(void order.push('closed')) }),
      },
      OPTIONS,
    );
    expect(order.slice(-17).join('')).toBe('a()b()a()b()a()b()a()b()closed');
    for (const result of results) expect(result).toMatchObject({ runs: 4, imagesPerSecond: 6 / result.secondsMedian });
    for (const result of results) expect(result).toHaveProperty('cpuSecondsPerImage', expect.any(Number));
  });

  it('closes readers of images that fail', async () => {
    let closed = false;
    const close = (): Promise<void> => Promise.resolve(void (closed = true));
    const files: NamedCase = {
      suite: 'test',
      name: 'files',
      images: 1,
      prepareImages: () => Promise.resolve({ variants: { a: () => Promise.reject(new Error('no file')) }, close }),
    };
    await expect(runCase(files, OPTIONS)).rejects.toThrow('test › files: no file');
    expect(closed).toBe(true);
  });
});
