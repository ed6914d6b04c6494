import { getBackend, getKernelsForBackend, memory, ones } from '@tensorflow/tfjs-core';
import { instanceNormalization } from '@stargan/ops';
import { countWork } from '@stargan/profiling';
import { describe, expect, it } from 'vitest';
import { hasFusedKernels, withComposedKernels } from './composed-kernels.js';

const registered = (): string[] =>
  getKernelsForBackend(getBackend())
    .map(({ kernelName }) => kernelName)
    .sort();

const launched = (run: () => void): string[] => countWork(run).kernels.map(({ kernel }) => kernel);

function normalize(): void {
  const [x, scale, shift] = [ones([1, 4, 4, 2]), ones([2]), ones([2])];
  instanceNormalization(x, scale, shift).dispose();
  [x, scale, shift].forEach((tensor) => tensor.dispose());
}

describe('composed kernels', () => {
  it('take the place of fused ones while something runs, and no longer', () => {
    normalize();
    const before = { kernels: registered(), tensors: memory().numTensors };
    const usual = launched(normalize);
    const composed = launched(() => withComposedKernels(normalize));
    expect(composed).toContain('Mean');
    expect(composed).not.toContain('StarganInstanceNormalization');
    expect(usual.includes('StarganInstanceNormalization')).toBe(hasFusedKernels());
    expect(launched(normalize)).toEqual(usual);
    expect({ kernels: registered(), tensors: memory().numTensors }).toEqual(before);
  });

  it('give way to the fused ones again when what runs fails', () => {
    const before = registered();
    expect(() =>
      withComposedKernels(() => {
        throw new Error('no memory');
      }),
    ).toThrow('no memory');
    expect(registered()).toEqual(before);
  });
});
