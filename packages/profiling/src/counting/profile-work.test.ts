import { add, backend, engine, memory, ones, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { conv2d } from '@stargan/ops';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWork } from './count-work.js';
import { profileWork } from './profile-work.js';

/** A convolution per given width, and an addition. */
const workOf = (widths: readonly number[]) => (): void =>
  tidy(() => {
    for (const width of widths) conv2d(ones([2, 8, 8, width]), ones([3, 3, width, 4]));
    add(ones([4]), 1);
  });

const waste = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

describe('profiling work', () => {
  it('accounts for the same launches and arithmetic as counting does, whatever the number of runs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (widths, runs) => {
        const work = workOf(widths);
        const { kernels } = profileWork(work, { runs });
        const counted = countWork(work).kernels;
        const named = (list: readonly { kernel: string; shapes: string; launches: number; flops: number }[]): string[] =>
          list.map(({ kernel, shapes, launches, flops }) => `${kernel} ${shapes} ${launches} ${flops}`).sort();
        expect(named(kernels)).toEqual(named(counted));
      }),
      { numRuns: 20 },
    );
  });

  it('gives launches no more time than the runs took, sorted by time', () => {
    const { seconds, launchSeconds, kernels } = profileWork(workOf([4, 5, 4]), { runs: 3 });
    expect(launchSeconds).toBeGreaterThan(0);
    expect(launchSeconds).toBeLessThanOrEqual(seconds);
    expect(kernels.reduce((total, kernel) => total + kernel.seconds, 0)).toBeCloseTo(launchSeconds, 9);
    expect(kernels.map((kernel) => kernel.seconds)).toEqual(kernels.map((kernel) => kernel.seconds).sort((a, b) => b - a));
  });

  it('counts time between launches to the run, not to a kernel', () => {
    const { seconds, launchSeconds } = profileWork(() => {
      waste(30);
      workOf([1])();
    });
    expect(seconds - launchSeconds).toBeGreaterThanOrEqual(0.03);
  });

  it('leaves tensors, backend and engine as they were, also when the work fails', () => {
    const state = (): unknown[] => [memory().numTensors, Object.getOwnPropertyNames(backend()), Object.hasOwn(engine(), 'runKernel')];
    const before = state();
    profileWork(workOf([2]));
    expect(() =>
      profileWork((): Tensor => {
        throw new Error('broken work');
      }),
    ).toThrow('broken work');
    expect(state()).toEqual(before);
  });

  it('refuses what it cannot measure', () => {
    expect(() => profileWork(() => Promise.resolve())).toThrow(/profileWork: work must be synchronous/);
    expect(() => profileWork(() => undefined, { runs: 0 })).toThrow('profileWork: runs must be a whole number ≥ 1, got 0');
  });
});
