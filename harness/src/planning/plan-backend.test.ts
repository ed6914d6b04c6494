import {
  add,
  concat,
  conv2d,
  equal,
  fill,
  getBackend,
  getKernelsForBackend,
  memory,
  ones,
  reshape,
  split,
  square,
  tidy,
  unique,
} from '@tensorflow/tfjs-core';
import type { Rank } from '@tensorflow/tfjs-core';
import { fusedKernelNames } from '@stargan/backend';
import { describe, expect, it } from 'vitest';
import { fusedShapeRules } from './fused-shape-rules.js';
import { withPlanBackend } from './plan-backend.js';

const plan = (work: () => void) => withPlanBackend(work, { kernels: [] });

describe('the planning backend', () => {
  it('counts what exists at once', () => {
    // Two inputs and their sum; one of them is gone when the sum is squared.
    const { bufferBytes, tensorBytes } = plan(() => {
      const a = fill([1000], 1);
      const sum = tidy(() => add(a, fill([1000], 2)));
      square(sum);
    });
    expect(bufferBytes).toBe(12_000);
    expect(tensorBytes).toBe(12_000);
  });

  it('counts the argument tensors of a launch while it runs', () => {
    // The shape, one number per axis, and the value.
    expect(plan(() => void fill([10, 10], 1)).bufferBytes).toBe(400 + 4 * 3);
  });

  it('counts clones and reshaped tensors as tensors, but their memory once, until the last of them is gone', () => {
    const { bufferBytes, tensorBytes } = plan(() => {
      const a = fill([10, 100], 1);
      const [clone, flat] = [a.clone(), reshape(a, [1000])];
      a.dispose();
      clone.dispose();
      square(flat);
    });
    expect(tensorBytes).toBe(3 * 4000 + 4);
    expect(bufferBytes).toBe(2 * 4000);
  });

  it('gives tensors their shapes, and zeros for values', () => {
    const { bufferBytes } = plan(() => {
      const y = conv2d(fill<Rank.R4>([2, 9, 9, 3], 1), fill<Rank.R4>([3, 3, 3, 5], 1), 2, 'same');
      expect(y.shape).toEqual([2, 5, 5, 5]);
      expect(split(y, [1, 4], 3).map(({ shape }) => shape)).toEqual([
        [2, 5, 5, 1],
        [2, 5, 5, 4],
      ]);
      expect(concat([y, y], 1).shape).toEqual([2, 10, 5, 5]);
      expect(equal(y, 0).dtype).toBe('bool');
      expect([...fill([3], 7).dataSync()]).toEqual([0, 0, 0]);
    });
    expect(bufferBytes).toBeGreaterThan(4 * 2 * 5 * 5 * 5);
  });

  it('leaves nothing behind, and the backend as it was, also when the work fails', () => {
    const { numTensors, numBytes } = memory();
    const backend = getBackend();
    const fail = (): void => {
      fill([5], 1);
      throw new Error('halfway');
    };
    expect(() => plan(fail)).toThrow('halfway');
    plan(() => void fill([5], 1));
    expect(memory()).toMatchObject({ numTensors, numBytes });
    expect(getBackend()).toBe(backend);
    expect(getKernelsForBackend('plan')).toEqual([]);
  });

  it('names a kernel that has no shape rule', () => {
    expect(() => plan(() => void unique(fill([5], 1)))).toThrow('planning: kernel Unique has no shape rule; add one');
    expect(() => withPlanBackend(() => undefined, { kernels: ['StarganUnheardOf'] })).toThrow(
      'planning: kernel StarganUnheardOf has no shape rule',
    );
  });

  it('refuses tensors of another backend, which it could not count', () => {
    const foreign = ones([3]);
    expect(() => plan(() => void square(foreign))).toThrow('planning: a tensor that was made outside of the plan was used in it');
    expect([...foreign.dataSync()]).toEqual([1, 1, 1]);
    foreign.dispose();
  });

  it("has a rule for every kernel of the processor's runtime", () => {
    expect(Object.keys(fusedShapeRules)).toEqual(expect.arrayContaining([...fusedKernelNames]));
  });
});
