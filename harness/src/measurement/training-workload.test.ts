import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/resolve.js';
import { countWork, type WorkCount } from './count-work.js';
import { trainingWorkload } from './training-workload.js';

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
  it('takes exactly this arithmetic', () => {
    expect(convolutions(iteration({}))).toBe(0);
  });

  it('takes a good third less arithmetic than with convolution and resampling apart', () => {
    const composed = convolutions(iteration({ variant: 'composed' }));
    expect(convolutions(iteration({})) / composed).toBeLessThan(0.65);
  });

  it('takes the arithmetic of two samples for a batch of two', () => {
    expect(convolutions(iteration({}))).toBe(2 * convolutions(iteration({ batch: 1 })));
  });

  it('takes no more convolutions for more domains', () => {
    expect(convolutions(iteration({}, 3))).toBe(convolutions(iteration({}, 2)));
  });

  it('costs the same every time, with losses that are the same for the same seed', () => {
    const first = iteration({});
    expect(iteration({})).toEqual(first);
    expect(Object.values(first.result as Record<string, number>).every(Number.isFinite)).toBe(true);
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
