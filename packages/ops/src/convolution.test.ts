import { getKernel, registerKernel, unregisterKernel, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { conv2d, conv2dOutputShape, conv2dTranspose, type ConvolutionOptions } from './index.js';
import { arrayOf } from './testing/arbitraries.js';
import { useBackend } from './testing/backends.js';
import { dot, map, type NdArray } from './testing/nd-array.js';
import * as reference from './testing/reference/index.js';
import { tapeFirstDerivatives } from './testing/tensor-derivatives.js';
import { evaluate, relativeError, toArray, toTensor } from './testing/tensors.js';

beforeAll(() => useBackend('cpu'));

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const compute = (f: () => Tensor): NdArray => evaluate(() => toArray(f()));

interface Setting {
  x: NdArray;
  filter: NdArray;
  options: Required<ConvolutionOptions>;
}

/** Any convolution that exists: every combination of sizes, taps, stride and padding. */
const setting: fc.Arbitrary<Setting> = fc
  .record({
    batch: size(2),
    taps: fc.tuple(size(4), size(4)),
    extra: fc.tuple(fc.nat(4), fc.nat(4)),
    channels: fc.tuple(size(2), size(2)),
    stride: size(3),
  })
  .chain(({ batch, taps, extra, channels, stride }) =>
    fc.record({
      x: arrayOf([batch, taps[0] + extra[0], taps[1] + extra[1], channels[0]]),
      filter: arrayOf([...taps, ...channels]),
      options: fc.record({ stride: fc.constant(stride), padding: fc.constantFrom('same' as const, 'valid' as const) }),
    }),
  );

test('conv2d is the sum of its definition for every size, stride and padding', () => {
  fc.assert(
    fc.property(setting, ({ x, filter, options }) => {
      const expected = reference.conv2d(x, filter, options);
      expect(
        relativeError(
          compute(() => conv2d(toTensor(x), toTensor(filter), options)),
          expected,
        ),
      ).toBeLessThan(1e-5);
      expect(
        conv2dOutputShape(x.shape as [number, number, number, number], filter.shape as [number, number, number, number], options),
      ).toEqual(expected.shape);
    }),
  );
});

test('conv2dTranspose is the adjoint of conv2d', () => {
  const drawn = fc
    .record({
      batch: size(2),
      small: fc.tuple(size(3), size(3)),
      taps: fc.tuple(size(4), size(4)),
      channels: fc.tuple(size(2), size(2)),
      stride: size(3),
    })
    .chain(({ batch, small, taps, channels, stride }) =>
      fc.record({
        stride: fc.constant(stride),
        large: arrayOf([batch, small[0] * stride, small[1] * stride, channels[0]]),
        small: arrayOf([batch, ...small, channels[1]]),
        filter: arrayOf([...taps, ...channels]),
      }),
    );
  fc.assert(
    fc.property(drawn, ({ large, small, filter, stride }) => {
      const forward = compute(() => conv2d(toTensor(large), toTensor(filter), { stride }));
      const transposed = compute(() => conv2dTranspose(toTensor(small), toTensor(filter), { stride }));
      expect(dot(forward, small)).toBeCloseTo(dot(large, transposed), 3);
    }),
  );
});

test('a backend without a filter-gradient kernel composes the same gradient', () => {
  const name = 'Conv2DBackpropFilter';
  const filterGradient = ({ x, filter, options }: Setting): NdArray => {
    const c = map(reference.conv2d(x, filter, options), Math.cos);
    return evaluate(
      () => tapeFirstDerivatives((at, weights) => conv2d(at, weights, options), [toTensor(x), toTensor(filter), toTensor(c)])[1]!,
    );
  };
  const kernel = getKernel(name, 'cpu');
  fc.assert(
    fc.property(setting, (at) => {
      const expected = filterGradient(at);
      unregisterKernel(name, 'cpu');
      try {
        expect(relativeError(filterGradient(at), expected)).toBeLessThan(1e-5);
      } finally {
        registerKernel(kernel);
      }
    }),
  );
});

describe('errors', () => {
  const x = (): Tensor => zeros([1, 4, 5, 2]);

  test('conv2d takes a feature map and a filter of as many channels', () => {
    expect(() => conv2d(zeros([4, 5, 2]), zeros([3, 3, 2, 1]))).toThrow(
      'conv2d: x must be [batch, height, width, channels], got shape [4, 5, 2]',
    );
    expect(() => conv2d(x(), zeros([3, 3, 2]))).toThrow('conv2d: filter must be [height, width, in, out], got shape [3, 3, 2]');
    expect(() => conv2d(x(), zeros([3, 3, 4, 1]))).toThrow(
      'conv2d: filter takes 4 channels, x has 2 (x [1, 4, 5, 2], filter [3, 3, 4, 1])',
    );
  });

  test('conv2d without padding takes no filter larger than the input', () => {
    expect(() => conv2d(x(), zeros([5, 1, 2, 1]), { padding: 'valid' })).toThrow(
      'conv2d: a 5×1 filter without padding needs at least as large an input, got 4×5',
    );
    expect(() => conv2d(x(), zeros([1, 6, 2, 1]), { padding: 'valid' })).toThrow(
      'conv2d: a 1×6 filter without padding needs at least as large an input, got 4×5',
    );
  });

  test('conv2dTranspose takes a feature map and a filter of as many channels', () => {
    expect(() => conv2dTranspose(zeros([4, 5, 2]), zeros([4, 4, 1, 2]))).toThrow(
      'conv2dTranspose: x must be [batch, height, width, channels], got shape [4, 5, 2]',
    );
    expect(() => conv2dTranspose(x(), zeros([2]))).toThrow('conv2dTranspose: filter must be [height, width, out, in], got shape [2]');
    expect(() => conv2dTranspose(x(), zeros([4, 4, 2, 3]))).toThrow('conv2dTranspose: filter takes 3 channels, x has 2');
  });
});
