import {
  add,
  concat,
  conv2d,
  engine,
  equal,
  fill,
  getBackend,
  getKernelsForBackend,
  keep,
  memory,
  ones,
  reshape,
  split,
  square,
  tidy,
  unique,
  variable,
} from '@tensorflow/tfjs-core';
import type { Rank } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { registerShapeRule } from './shape-rules/index.js';
import { planMemory } from './plan-memory.js';

const plan = (work: () => void) => planMemory(work);

describe('a plan of memory', () => {
  it('counts what exists at once', () => {
    // Two inputs and their sum; one of them is gone when the sum is squared.
    const { peakBufferBytes, peakTensorBytes } = plan(() => {
      const a = fill([1000], 1);
      const sum = tidy(() => add(a, fill([1000], 2)));
      square(sum);
    });
    expect(peakBufferBytes).toBe(12_000);
    expect(peakTensorBytes).toBe(12_000);
  });

  it('counts the argument tensors of a launch while it runs', () => {
    // The shape, one number per axis, and the value.
    expect(plan(() => void fill([10, 10], 1)).peakBufferBytes).toBe(400 + 4 * 3);
  });

  it('counts clones and reshaped tensors as tensors, but their memory once, until the last of them is gone', () => {
    const { peakBufferBytes, peakTensorBytes } = plan(() => {
      const a = fill([10, 100], 1);
      const [clone, flat] = [a.clone(), reshape(a, [1000])];
      a.dispose();
      clone.dispose();
      square(flat);
    });
    expect(peakTensorBytes).toBe(3 * 4000 + 4);
    expect(peakBufferBytes).toBe(2 * 4000);
  });

  it('gives tensors their shapes, and zeros for values', () => {
    const { peakBufferBytes } = plan(() => {
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
    expect(peakBufferBytes).toBeGreaterThan(4 * 2 * 5 * 5 * 5);
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

  it('names a kernel that has no shape rule, and takes one', () => {
    const work = (): void => void unique(fill([5], 1));
    expect(() => plan(work)).toThrow(
      "planMemory: kernel Unique has no shape rule; say what it leaves in memory with registerShapeRule('Unique',",
    );
    const remove = registerShapeRule('Unique', ({ x }) => ({ outputs: [x!.shape, x!.shape] }));
    expect(plan(work).peakBufferBytes).toBe(3 * 20);
    remove();
    expect(() => plan(work)).toThrow('Unique has no shape rule');
  });

  it('refuses tensors of another backend, which it could not count', () => {
    const foreign = ones([3]);
    expect(() => plan(() => void square(foreign))).toThrow('planMemory: a tensor that was made outside of the plan was used in it');
    expect([...foreign.dataSync()]).toEqual([1, 1, 1]);
    foreign.dispose();
  });

  it('disposes variables and kept tensors, and gives back what was returned', () => {
    const { numTensors, numBytes } = memory();
    const registered = Object.keys(engine().registeredVariables);
    const { result } = planMemory(() => {
      variable(fill([100], 1));
      return keep(fill([3, 4], 1)).shape;
    });
    expect(result).toEqual([3, 4]);
    expect(memory()).toMatchObject({ numTensors, numBytes });
    expect(Object.keys(engine().registeredVariables)).toEqual(registered);
  });

  it('refuses work that is not done when it returns', () => {
    expect(() => planMemory(() => Promise.resolve(1))).toThrow('planMemory: work must be synchronous');
  });
});
