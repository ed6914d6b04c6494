import { zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { averagePool2x2, conv2d, conv2dThenAveragePool, upsampleNearest2x, upsampleThenConv2d } from './index.js';
import { arrayOf, featureMapShape } from './testing/arbitraries.js';
import { availableBackends, useBackend } from './testing/backends.js';
import type { NdArray } from './testing/nd-array.js';
import type { OperationCase } from './testing/operation-case.js';
import { tapeFirstDerivatives, tapeSecondDerivatives } from './testing/tensor-derivatives.js';
import { evaluate, relativeError, toArray, toTensor } from './testing/tensors.js';

type Run = OperationCase['run'];

const variants: { name: string; fused: Run; textbook: Run; step: number; scale: number }[] = [
  {
    name: 'conv2dThenAveragePool',
    fused: conv2dThenAveragePool,
    textbook: (x, filter) => averagePool2x2(conv2d(x, filter)),
    step: 2,
    scale: 0.5,
  },
  {
    name: 'upsampleThenConv2d',
    fused: upsampleThenConv2d,
    textbook: (x, filter) => conv2d(upsampleNearest2x(x), filter),
    step: 1,
    scale: 2,
  },
];

interface Point {
  x: NdArray;
  filter: NdArray;
  c: NdArray;
  u: readonly [NdArray, NdArray];
}

function point(step: number, scale: number): fc.Arbitrary<Point> {
  return fc.tuple(featureMapShape({ side: 3 * step, step }), fc.integer({ min: 1, max: 3 })).chain(([shape, outChannels]) => {
    const [batch, height, width, channels] = shape;
    const filterShape = [3, 3, channels, outChannels];
    return fc.record({
      x: arrayOf(shape),
      filter: arrayOf(filterShape),
      c: arrayOf([batch, height * scale, width * scale, outChannels]),
      u: fc.tuple(arrayOf(shape), arrayOf(filterShape)),
    });
  });
}

/** The value, all gradients and all second derivatives. */
function everything(run: Run, { x, filter, c, u }: Point): NdArray[] {
  return evaluate(() => {
    const inputs = [toTensor(x), toTensor(filter)];
    const weighted = [...inputs, toTensor(c)];
    const second = u.flatMap((direction, i) => tapeSecondDerivatives(run, weighted, i, toTensor(direction)));
    return [toArray(run(...inputs)), ...tapeFirstDerivatives(run, weighted), ...second];
  });
}

describe.each(availableBackends())('on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(variants)('$name is its textbook composition to second order, for every shape', ({ fused, textbook, step, scale }) => {
    fc.assert(
      fc.property(point(step, scale), (at) => {
        const expected = everything(textbook, at);
        everything(fused, at).forEach((array, i) => expect(relativeError(array, expected[i]!)).toBeLessThan(1e-5));
      }),
      { numRuns: 15 },
    );
  });
});

describe('errors', () => {
  beforeAll(() => useBackend('cpu'));

  test.each(variants)('$name takes feature maps and 3×3 filters that fit', ({ name, fused }) => {
    const x = zeros([1, 4, 4, 2]);
    expect(() => fused(zeros([4, 4, 2]), zeros([3, 3, 2, 3]))).toThrow(
      `${name}: x must be [batch, height, width, channels], got shape [4, 4, 2]`,
    );
    expect(() => fused(x, zeros([3, 3, 2]))).toThrow(`${name}: filter must be [3, 3, in, out], got shape [3, 3, 2]`);
    expect(() => fused(x, zeros([3, 1, 2, 3]))).toThrow(`${name}: filter must be 3×3, got 3×1`);
    expect(() => fused(x, zeros([3, 3, 5, 3]))).toThrow(`${name}: filter takes 5 channels, x has 2 (x [1, 4, 4, 2], filter [3, 3, 5, 3])`);
  });

  test.each([
    [1, 3, 4, 2],
    [1, 4, 5, 2],
  ])('conv2dThenAveragePool takes even sizes only', (...shape) => {
    expect(() => conv2dThenAveragePool(zeros(shape), zeros([3, 3, 2, 3]))).toThrow(
      `conv2dThenAveragePool: height and width of x must be even, got shape [${shape.join(', ')}]`,
    );
  });
});
