import { getKernel } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  averagePool2x2,
  conv2d,
  upsampleNearest2x,
  winogradConv2d,
  winogradConv2dThenAveragePool,
  winogradUpsampleThenConv2d,
} from './index.js';
import { availableBackends, useBackend } from './testing/backends.js';
import { randomArray, type NdArray } from './testing/nd-array.js';
import type { OperationCase } from './testing/operation-case.js';
import { tapeFirstDerivatives, tapeSecondDerivatives } from './testing/tensor-derivatives.js';
import { evaluate, relativeError, toArray, toTensor } from './testing/tensors.js';

type Run = OperationCase['run'];

const operations: { name: string; winograd: Run; textbook: Run; step: number; scale: number }[] = [
  { name: 'winogradConv2d', winograd: winogradConv2d, textbook: (x, filter) => conv2d(x, filter), step: 1, scale: 1 },
  {
    name: 'winogradConv2dThenAveragePool',
    winograd: winogradConv2dThenAveragePool,
    textbook: (x, filter) => averagePool2x2(conv2d(x, filter)),
    step: 2,
    scale: 0.5,
  },
  {
    name: 'winogradUpsampleThenConv2d',
    winograd: winogradUpsampleThenConv2d,
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

/** Channels that fill the kernels' vectors, or `odd` ones that do not; sides that leave part of the last tiles empty. */
function point(step: number, scale: number, odd: boolean): fc.Arbitrary<Point> {
  const side = fc.integer({ min: 1, max: 5 }).map((n) => n * step);
  const channels = odd ? fc.integer({ min: 1, max: 5 }) : fc.constantFrom(32, 64, 96);
  return fc
    .record({ height: side, width: side, inChannels: channels, outChannels: channels, seed: fc.nat(1000) })
    .map(({ height, width, inChannels, outChannels, seed }) => {
      const batch = odd ? 2 : 16;
      const shape = [batch, height, width, inChannels];
      const filterShape = [3, 3, inChannels, outChannels];
      return {
        x: randomArray(shape, seed),
        filter: randomArray(filterShape, seed + 1),
        c: randomArray([batch, height * scale, width * scale, outChannels], seed + 2),
        u: [randomArray(shape, seed + 3), randomArray(filterShape, seed + 4)],
      };
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

function expectEqual(actual: Run, expected: Run, at: Point): void {
  const textbook = everything(expected, at);
  everything(actual, at).forEach((array, i) => expect(relativeError(array, textbook[i]!)).toBeLessThan(1e-5));
}

describe.each(availableBackends())('on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(operations)('$name is its textbook composition to second order, for every shape', ({ winograd, textbook, step, scale }) => {
    // Without a kernel for many channels, the plain convolutions would only be compared with themselves, slowly.
    const many = getKernel('StarganWinogradConvolution', backend) != null;
    fc.assert(
      fc.property(point(step, scale, !many), (at) => expectEqual(winograd, textbook, at)),
      { numRuns: 10 },
    );
  });

  test.each(operations)('$name takes channels that fill no vector', ({ winograd, textbook, step, scale }) => {
    fc.assert(
      fc.property(point(step, scale, true), (at) => expectEqual(winograd, textbook, at)),
      { numRuns: 5 },
    );
  });

  test.each(operations)('$name takes 3×3 filters that fit', ({ name, winograd }) => {
    const x = randomArray([1, 4, 4, 32], 1);
    const run = (filterShape: number[]): unknown => evaluate(() => [toArray(winograd(toTensor(x), toTensor(randomArray(filterShape, 2))))]);
    expect(() => run([4, 4, 32, 32])).toThrow(`${name}: filter must be 3×3, got 4×4`);
    expect(() => run([3, 3, 16, 32])).toThrow(`${name}: filter takes 16 channels, x has 32`);
  });
});

test('pooling needs even sides', async () => {
  await useBackend('cpu');
  expect(() => winogradConv2dThenAveragePool(toTensor(randomArray([1, 3, 4, 2], 1)), toTensor(randomArray([3, 3, 2, 2], 2)))).toThrow(
    'must be even',
  );
});
