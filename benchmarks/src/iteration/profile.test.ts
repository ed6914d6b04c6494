import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProfile } from './format-profile.js';
import { summarizeProfile } from './profile.js';

const PEAK = { peak: 100e9, synchronous: true };

const work = {
  seconds: 2,
  launchSeconds: 1.5,
  kernels: [
    { kernel: 'Conv2D', shapes: 'a', launches: 2, seconds: 0.6, flops: 30e9 },
    { kernel: 'Add', shapes: 'b', launches: 9, seconds: 0.5, flops: 0 },
    { kernel: 'Conv2D', shapes: 'c', launches: 1, seconds: 0.4, flops: 20e9 },
  ],
};

describe('the profile of an iteration', () => {
  it('sets arithmetic apart and compares it with the peak', () => {
    const { arithmetic, otherKernels, betweenLaunches } = summarizeProfile(work, PEAK);
    expect(arithmetic).toEqual({ seconds: 1, share: 0.5, flops: 50e9, gigaflopsPerSecond: 50, shareOfPeak: 0.5 });
    expect(otherKernels).toEqual({ seconds: 0.5, share: 0.25 });
    expect(betweenLaunches).toEqual({ seconds: 0.5, share: 0.25 });
  });

  it('adds up the shapes of a kernel', () => {
    expect(summarizeProfile(work, PEAK).kernels).toEqual([
      { kernel: 'Conv2D', launches: 3, seconds: 1, share: 0.5, flops: 50e9, gigaflopsPerSecond: 50, shareOfPeak: 0.5 },
      { kernel: 'Add', launches: 9, seconds: 0.5, share: 0.25 },
    ]);
  });

  it('loses no time and no arithmetic, whatever was launched', () => {
    const launches = fc.array(
      fc.record({
        kernel: fc.constantFrom('Conv2D', 'Add', 'MatMul'),
        shapes: fc.string(),
        launches: fc.integer({ min: 1, max: 9 }),
        seconds: fc.double({ min: 0, max: 10, noNaN: true }),
        flops: fc.integer({ min: 0, max: 1e12 }),
      }),
    );
    fc.assert(
      fc.property(launches, fc.double({ min: 0.01, max: 5, noNaN: true }), (kernels, between) => {
        const launchSeconds = kernels.reduce((sum, { seconds }) => sum + seconds, 0);
        const { arithmetic, otherKernels, betweenLaunches, ...lists } = summarizeProfile(
          { seconds: launchSeconds + between, launchSeconds, kernels },
          PEAK,
        );
        expect(arithmetic.share + otherKernels.share + betweenLaunches.share).toBeCloseTo(1, 6);
        expect(arithmetic.flops).toBe(kernels.reduce((sum, { flops }) => sum + flops, 0));
        for (const list of [lists.kernels, lists.shapes])
          expect(list.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(launchSeconds, 6);
        expect(arithmetic.gigaflopsPerSecond).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('says where times are not those of kernels', () => {
    expect(formatProfile(summarizeProfile(work, PEAK))).not.toContain('warning');
    expect(formatProfile(summarizeProfile(work, { ...PEAK, synchronous: false }))).toMatch(/warning: on a GPU .* not of kernels/);
  });

  it('lists the longest shapes only, and says how many more there are', () => {
    const kernels = Array.from({ length: 40 }, (_, i) => ({ kernel: 'Add', shapes: `${i}`, launches: 1, seconds: 1 / (i + 1), flops: 0 }));
    expect(formatProfile(summarizeProfile({ seconds: 5, launchSeconds: 4.3, kernels }, PEAK))).toContain('and 15 more');
  });
});
