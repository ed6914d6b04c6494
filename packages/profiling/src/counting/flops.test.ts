import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Shape } from '@stargan/ops/fused';
import { flopsOf, registerFlopFormula, type KernelLaunch } from './flops.js';

const launch = (kernel: string, inputs: Record<string, Shape>, output: Shape, transposeA = false): KernelLaunch => ({
  kernel,
  inputs,
  output,
  attributes: { transposeA },
});

const dimension = fc.integer({ min: 1, max: 64 });

describe('the FLOPs of a kernel', () => {
  it('are two per tap, input channel and output value of a convolution', () => {
    // 2 · (2·4·4·7 outputs) · (3·3·5 taps)
    expect(flopsOf(launch('Conv2D', { x: [2, 8, 8, 5], filter: [3, 3, 5, 7] }, [2, 4, 4, 7]))).toBe(20160);
  });

  it('do not depend on the input channels of a depthwise convolution more than its output says', () => {
    // 2 · (1·6·6·8 outputs) · (3·3 taps)
    expect(flopsOf(launch('DepthwiseConv2dNative', { x: [1, 6, 6, 4], filter: [3, 3, 4, 2] }, [1, 6, 6, 8]))).toBe(5184);
  });

  it('are two per value of the shared axis and output of a matrix product, whichever side is transposed', () => {
    expect(flopsOf(launch('BatchMatMulV2', { a: [3, 4, 5], b: [3, 5, 6] }, [3, 4, 6]))).toBe(720);
    expect(flopsOf(launch('BatchMatMulV2', { a: [3, 5, 4], b: [3, 5, 6] }, [3, 4, 6], true))).toBe(720);
  });

  it('are the same for a convolution and both its gradients', () => {
    fc.assert(
      fc.property(dimension, dimension, dimension, dimension, dimension, (batch, size, taps, inputs, outputs) => {
        const x = [batch, 2 * size, 2 * size, inputs];
        const filter = [taps, taps, inputs, outputs];
        const y = [batch, size, size, outputs];
        const forward = flopsOf(launch('Conv2D', { x, filter }, y));
        expect(flopsOf(launch('Conv2DBackpropInput', { filter, dy: y }, x))).toBe(forward);
        expect(flopsOf(launch('Conv2DBackpropFilter', { x, dy: y }, filter))).toBe(forward);
      }),
    );
  });

  it('are as many for a volume as for its slices', () => {
    // 2 · (1·4·4·4·7 outputs) · (3·3·3·2 taps)
    const [x, filter, y] = [
      [1, 4, 4, 4, 2],
      [3, 3, 3, 2, 7],
      [1, 4, 4, 4, 7],
    ];
    expect(flopsOf(launch('Conv3D', { x, filter }, y))).toBe(48384);
    expect(flopsOf(launch('Conv3DBackpropInputV2', { filter, dy: y }, x))).toBe(48384);
    expect(flopsOf(launch('Conv3DBackpropFilterV2', { x, dy: y }, filter))).toBe(48384);
  });

  it('are those of a formula that was registered, while it is', () => {
    const remove = registerFlopFormula('Einsum', ({ output }) => 6 * output[0]!);
    expect(flopsOf(launch('Einsum', {}, [5]))).toBe(30);
    remove();
    expect(() => flopsOf(launch('Einsum', {}, [5]))).toThrow('no formula for kernel Einsum');
  });

  it('are none for kernels that move memory', () => {
    expect(flopsOf(launch('Add', { 0: [4, 4], 1: [4, 4] }, [4, 4]))).toBe(0);
  });

  it('are not guessed for a convolution that has no formula', () => {
    expect(() => flopsOf(launch('Conv4D', { x: [1, 4, 4, 4, 2] }, [1, 4, 4, 4, 2]))).toThrow(
      /no formula for kernel Conv4D; add one with registerFlopFormula\('Conv4D'/,
    );
  });

  it('are refused when the launch does not say what is needed', () => {
    expect(() => flopsOf(launch('Conv2D', { x: [1, 4, 4, 2] }, [1, 4, 4, 2]))).toThrow(/Conv2D must have an input filter, got x/);
  });
});
