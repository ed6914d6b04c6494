import { add, backend, engine, matMul, memory, mul, ones, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { conv2d, conv2dThenAveragePool, valueAndGradients } from '@stargan/ops';
import { describe, expect, it } from 'vitest';
import { countWork } from './count-work.js';

const image = (): Tensor => ones([2, 8, 8, 5]);
const filter = (): Tensor => ones([3, 3, 5, 7]);
/** 2 · (2·8·8·7 outputs) · (3·3·5 taps) */
const CONVOLUTION = 80640;

const flopsOfWork = (work: () => Tensor | void): number => tidy(() => countWork(() => void work()).flops);

describe('counting work', () => {
  it('counts a convolution', () => {
    expect(flopsOfWork(() => conv2d(image(), filter()))).toBe(CONVOLUTION);
  });

  it('counts a quarter for a convolution that gives every second pixel of each axis', () => {
    expect(flopsOfWork(() => conv2d(image(), filter(), { stride: 2 }))).toBe(CONVOLUTION / 4);
  });

  it('counts only the pixels that a convolution without padding gives', () => {
    expect(flopsOfWork(() => conv2d(image(), filter(), { padding: 'valid' }))).toBe((CONVOLUTION / 64) * 36);
  });

  it('counts each gradient of a convolution as much as the convolution', () => {
    const differentiated = (names: readonly ('x' | 'w')[]): number =>
      flopsOfWork(() => {
        const all = { x: image(), w: filter() };
        const parameters = Object.fromEntries(names.map((name) => [name, all[name]]));
        valueAndGradients((p) => sum<Scalar>(conv2d(p.x ?? all.x, p.w ?? all.w)), parameters);
      });
    expect(differentiated(['x'])).toBe(2 * CONVOLUTION);
    expect(differentiated(['w'])).toBe(2 * CONVOLUTION);
    expect(differentiated(['x', 'w'])).toBe(3 * CONVOLUTION);
  });

  it('counts a matrix product with transposed sides', () => {
    const a = (): Tensor2D => ones([6, 4]);
    expect(flopsOfWork(() => matMul(a(), ones([3, 6]), true, true))).toBe(2 * 4 * 6 * 3);
  });

  it('shows that convolving and pooling in one takes less than half of the arithmetic', () => {
    const fused = flopsOfWork(() => conv2dThenAveragePool(ones([1, 32, 32, 64]), ones([3, 3, 64, 64])));
    const apart = flopsOfWork(() => conv2d(ones([1, 32, 32, 64]), ones([3, 3, 64, 64])));
    expect(fused / apart).toBeLessThan(0.48);
  });

  it('lists kernels with the same shapes together, those with most arithmetic first', () => {
    tidy(() => {
      const { kernels } = countWork(() => {
        add(image(), 1);
        conv2d(image(), filter());
        conv2d(image(), filter());
      });
      expect(kernels[0]).toEqual({ kernel: 'Conv2D', shapes: 'x 2×8×8×5, filter 3×3×5×7 → 2×8×8×7', launches: 2, flops: 2 * CONVOLUTION });
    });
  });

  it('gives the result of the work, and the same numbers when it is repeated', () => {
    tidy(() => {
      const run = () => countWork(() => tidy(() => mul(add(image(), 1), 2).arraySync()));
      const { result, ...counted } = run();
      expect((result as number[][][][])[0]![0]![0]![0]).toBe(4);
      expect(run()).toEqual({ result, ...counted });
      expect(counted.launches).toBeGreaterThanOrEqual(2);
    });
  });

  it('finds the most bytes that existed at once, also when they are gone at the end', () => {
    const start = memory().numBytes;
    const counted = countWork(() => tidy(() => void add(add(ones([1000]), ones([1000])), ones([1000]))));
    expect(counted.startTensorBytes).toBe(start);
    // Three inputs of ones, a sum of two, the sum of all: five times 4000 bytes.
    expect(counted.peakTensorBytes - start).toBe(20_000);
    expect(memory().numBytes).toBe(start);
  });

  it('leaves backend and engine as they were, also when the work fails', () => {
    const methods = (): unknown[] => [
      Object.getOwnPropertyNames(backend()),
      Reflect.get(backend(), 'executeSingleOutput'),
      Object.hasOwn(engine(), 'runKernel'),
    ];
    const before = methods();
    tidy(() => void countWork(() => void add(1, 2)));
    expect(methods()).toEqual(before);
    expect(() =>
      countWork(() => {
        throw new Error('broken work');
      }),
    ).toThrow('broken work');
    expect(methods()).toEqual(before);
  });

  it('can be used inside itself', () => {
    tidy(() => {
      const outer = countWork(() => {
        conv2d(image(), filter());
        return countWork(() => void conv2d(image(), filter())).flops;
      });
      expect(outer.result).toBe(CONVOLUTION);
      expect(outer.flops).toBe(2 * CONVOLUTION);
    });
  });

  it('refuses work that is not done when it returns', () => {
    expect(() => countWork(() => Promise.resolve(1))).toThrow(/countWork: work must be synchronous/);
  });
});
