import { add, fill, mul, ones, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { adaptiveInstanceNormalization, instanceNormalization } from './index.js';
import { arrayOf, featureMapShape } from './testing/arbitraries.js';
import { useBackend } from './testing/backends.js';
import { offset4, sizes4, type NdArray } from './testing/nd-array.js';
import { evaluate, relativeError, toArray, toTensor } from './testing/tensors.js';

beforeAll(() => useBackend('cpu'));

const compute = (f: () => Tensor): NdArray => evaluate(() => toArray(f()));
const plain = (x: Tensor, epsilon?: number): Tensor => instanceNormalization(x, ones([x.shape[3]!]), zeros([x.shape[3]!]), { epsilon });

// At least 2×2 pixels, so that there is a variance to divide by.
const image = featureMapShape({ side: 6, step: 2 }).chain((shape) => arrayOf(shape, { nearest: 0.1 }));

test('every channel of every image leaves instanceNormalization with mean 0 and variance 1', () => {
  fc.assert(
    fc.property(image, (x) => {
      const y = compute(() => plain(toTensor(x), 1e-12));
      const [batch, height, width, channels] = sizes4(y);
      for (let n = 0; n < batch; n++) {
        for (let p = 0; p < channels; p++) {
          const pixels = Array.from({ length: height * width }, (_, i) => y.data[offset4(y.shape, n, 0, i, p)]!);
          const mean = pixels.reduce((total, value) => total + value, 0) / pixels.length;
          const variance = pixels.reduce((total, value) => total + (value - mean) ** 2, 0) / pixels.length;
          expect(mean).toBeCloseTo(0, 4);
          expect(variance).toBeCloseTo(1, 4);
        }
      }
    }),
  );
});

test('instanceNormalization does not see brightness and contrast of its input', () => {
  const change = fc.record({ x: image, contrast: fc.integer({ min: 1, max: 8 }), brightness: fc.integer({ min: -4, max: 4 }) });
  fc.assert(
    fc.property(change, ({ x, contrast, brightness }) => {
      const changed = compute(() => plain(add(mul(toTensor(x), contrast), brightness), 1e-12));
      expect(
        relativeError(
          changed,
          compute(() => plain(toTensor(x), 1e-12)),
        ),
      ).toBeLessThan(1e-3);
    }),
  );
});

test('a channel without contrast becomes its shift', () => {
  const y = compute(() => instanceNormalization(fill([1, 2, 2, 1], 7), ones([1]), fill([1], 3)));
  for (const value of y.data) expect(value).toBeCloseTo(3, 2);
});

test('adaptive normalisation with γ = 0 and β = 0 is the plain one', () => {
  fc.assert(
    fc.property(image, (x) => {
      const [batch, , , channels] = sizes4(x);
      const adaptive = compute(() => adaptiveInstanceNormalization(toTensor(x), zeros([batch, channels]), zeros([batch, channels])));
      expect(
        relativeError(
          adaptive,
          compute(() => plain(toTensor(x))),
        ),
      ).toBeLessThan(1e-6);
    }),
  );
});

describe('errors', () => {
  const x = (): Tensor => zeros([2, 4, 4, 3]);

  test('instanceNormalization takes one scale and shift per channel', () => {
    expect(() => instanceNormalization(zeros([4, 4, 3]), zeros([3]), zeros([3]))).toThrow(
      'instanceNormalization: x must be [batch, height, width, channels], got shape [4, 4, 3]',
    );
    expect(() => instanceNormalization(x(), zeros([2]), zeros([3]))).toThrow('instanceNormalization: scale must have shape [3], got [2]');
    expect(() => instanceNormalization(x(), zeros([3]), zeros([1, 3]))).toThrow(
      'instanceNormalization: shift must have shape [3], got [1, 3]',
    );
  });

  test('adaptiveInstanceNormalization takes γ and β per image and channel', () => {
    expect(() => adaptiveInstanceNormalization(zeros([3]), zeros([2, 3]), zeros([2, 3]))).toThrow(
      'adaptiveInstanceNormalization: x must be [batch, height, width, channels], got shape [3]',
    );
    expect(() => adaptiveInstanceNormalization(x(), zeros([1, 3]), zeros([2, 3]))).toThrow(
      'adaptiveInstanceNormalization: gamma must have shape [2, 3], got [1, 3]',
    );
    expect(() => adaptiveInstanceNormalization(x(), zeros([2, 3]), zeros([2, 4]))).toThrow(
      'adaptiveInstanceNormalization: beta must have shape [2, 3], got [2, 4]',
    );
  });
});
