import { getBackend, memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../testing/parse-config.js';
import { countWork, type WorkCount } from '@stargan/profiling';
import { trainingWorkload } from './training-workload.js';

// In a process of its own: it compares the bytes of all tensors that there are.

const SMALL = { imageSize: 32, widthBudget: 256, maxWidth: 16, styleDim: 8, latentDim: 4, hiddenDim: 16, batch: 2 };

function iteration(values: object, domains?: number): WorkCount<unknown> {
  const workload = trainingWorkload(parseConfig({ ...SMALL, ...values }), { domains });
  try {
    workload.iterate();
    return countWork(() => workload.iterate());
  } finally {
    workload.dispose();
  }
}

/** FLOPs of all convolutions, without the matrix products of small layers and of widening filters. */
const convolutions = ({ kernels }: WorkCount<unknown>): number =>
  kernels.filter(({ kernel }) => kernel.startsWith('Conv2D')).reduce((total, { flops }) => total + flops, 0);

describe('a training iteration', () => {
  let standard: WorkCount<unknown>;
  beforeAll(() => {
    standard = iteration({});
  });

  // Also a guard: whoever changes what is computed changes this number, and should know why.
  it('takes exactly this arithmetic', () => {
    // WebAssembly has no kernel for filter gradients, which are matrix products there.
    expect(convolutions(standard)).toBe(getBackend() === 'wasm' ? 415_434_496 : 565_119_488);
  });

  it('takes a quarter less arithmetic than with convolution and resampling apart', () => {
    expect(convolutions(standard) / convolutions(iteration({ convolution: 'composed' }))).toBeLessThan(0.76);
  });

  it('takes half the arithmetic for half the batch', () => {
    expect(convolutions(iteration({ batch: 1 }))).toBe(convolutions(standard) / 2);
  });

  it('costs the same every time, with losses that are the same for the same seed', () => {
    expect(iteration({})).toEqual(standard);
    expect(Object.values(standard.result as Record<string, number>).every(Number.isFinite)).toBe(true);
  });

  it('leaves nothing behind', () => {
    iteration({});
    const before = memory().numTensors;
    iteration({});
    expect(memory().numTensors).toBe(before);
  });

  it('needs at least one domain', () => {
    expect(() => iteration({}, 0)).toThrow('trainingWorkload: domains must be a whole number ≥ 1, got 0');
  });
});
