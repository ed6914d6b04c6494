import { getKernel } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  addBias,
  averagePool2x2,
  conv2d,
  residualSum,
  upsampleNearest2x,
  winogradConv2d,
  winogradConv2dThenAveragePool,
  winogradConv2dThenResidualSum,
  winogradUpsampleThenConv2d,
} from './index.js';
import { availableBackends, useBackend } from './testing/backends.js';
import { randomArray, type NdArray } from './testing/nd-array.js';
import type { OperationCase } from './testing/operation-case.js';
import { tapeFirstDerivatives, tapeSecondDerivatives } from './testing/tensor-derivatives.js';
import { evaluate, relativeError, toArray, toTensor } from './testing/tensors.js';

type Run = OperationCase['run'];

interface Case {
  name: string;
  winograd: Run;
  textbook: Run;
  /** Sides of the input are multiples of it. */
  step: number;
  /** Sides of the output, of one of the input. */
  scale: number;
  /** Shapes of inputs after map and filter. */
  others?: (output: number[]) => number[][];
}

const operations: Case[] = [
  { name: 'winogradConv2d', winograd: winogradConv2d, textbook: (x, filter) => conv2d(x, filter), step: 1, scale: 1 },
  {
    name: 'winogradConv2dThenAveragePool',
    winograd: winogradConv2dThenAveragePool,
    textbook: (x, filter) => averagePool2x2(conv2d(x, filter)),
    step: 2,
    scale: 0.5,
  },
  {
    name: 'winogradConv2dThenResidualSum',
    winograd: (x, filter, bias, shortcut) => winogradConv2dThenResidualSum(x, filter, bias, shortcut, Math.SQRT1_2),
    textbook: (x, filter, bias, shortcut) => residualSum(addBias(conv2d(x, filter), bias), shortcut, Math.SQRT1_2),
    step: 1,
    scale: 1,
    others: (output) => [output.slice(-1), output],
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
  inputs: NdArray[];
  c: NdArray;
  /** One per input. */
  directions: NdArray[];
}

/** Channels that fill the kernels' vectors, or `odd` ones that do not; sides that leave part of the last tiles empty. */
function point({ step, scale, others = () => [] }: Case, odd: boolean): fc.Arbitrary<Point> {
  const side = fc.integer({ min: 1, max: 5 }).map((n) => n * step);
  const channels = odd ? fc.integer({ min: 1, max: 5 }) : fc.constantFrom(32, 64, 96);
  return fc
    .record({ height: side, width: side, inChannels: channels, outChannels: channels, seed: fc.nat(1000) })
    .map(({ height, width, inChannels, outChannels, seed }) => {
      const batch = odd ? 2 : 16;
      const output = [batch, height * scale, width * scale, outChannels];
      const shapes = [[batch, height, width, inChannels], [3, 3, inChannels, outChannels], ...others(output)];
      return {
        inputs: shapes.map((shape, i) => randomArray(shape, seed + i)),
        c: randomArray(output, seed + 10),
        directions: shapes.map((shape, i) => randomArray(shape, seed + 20 + i)),
      };
    });
}

/** The value, all gradients and all second derivatives. */
function everything(run: Run, point: Point): NdArray[] {
  return evaluate(() => {
    const inputs = point.inputs.map(toTensor);
    const weighted = [...inputs, toTensor(point.c)];
    const second = point.directions.flatMap((direction, i) => tapeSecondDerivatives(run, weighted, i, toTensor(direction)));
    return [toArray(run(...inputs)), ...tapeFirstDerivatives(run, weighted), ...second];
  });
}

function expectEqual({ winograd, textbook }: Case, at: Point): void {
  const expected = everything(textbook, at);
  everything(winograd, at).forEach((array, i) => expect(relativeError(array, expected[i]!)).toBeLessThan(1e-5));
}

describe.each(availableBackends())('on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(operations)('$name is its textbook composition to second order, for every shape', (operation) => {
    // Without a kernel for many channels, the plain convolutions would only be compared with themselves, slowly.
    const many = getKernel('StarganWinogradConvolution', backend) != null;
    fc.assert(
      fc.property(point(operation, !many), (at) => expectEqual(operation, at)),
      { numRuns: 10 },
    );
  });

  test.each(operations)('$name takes channels that fill no vector', (operation) => {
    fc.assert(
      fc.property(point(operation, true), (at) => expectEqual(operation, at)),
      { numRuns: 5 },
    );
  });

  test.each(operations)('$name takes 3×3 filters that fit', ({ name, winograd }) => {
    const x = randomArray([1, 4, 4, 32], 1);
    const others = [randomArray([32], 3), randomArray([1, 4, 4, 32], 4)];
    const run = (filterShape: number[]): unknown =>
      evaluate(() => [toArray(winograd(toTensor(x), toTensor(randomArray(filterShape, 2)), ...others.map(toTensor)))]);
    expect(() => run([4, 4, 32, 32])).toThrow(`${name}: filter must be 3×3, got 4×4`);
    expect(() => run([3, 3, 16, 32])).toThrow(`${name}: filter takes 16 channels, x has 32`);
  });
});

test('a bias and a shortcut have to fit', async () => {
  await useBackend('cpu');
  const [x, filter, bias, shortcut] = [[1, 3, 4, 2], [3, 3, 2, 5], [5], [1, 3, 4, 5]].map((shape) => toTensor(randomArray(shape, 1)));
  expect(() => winogradConv2dThenResidualSum(x!, filter!, shortcut!, shortcut!)).toThrow('bias must have shape [5], got [1, 3, 4, 5]');
  expect(() => winogradConv2dThenResidualSum(x!, filter!, bias!, bias!)).toThrow('shortcut must have shape [1, 3, 4, 5], got [5]');
});

test('pooling needs even sides', async () => {
  await useBackend('cpu');
  expect(() => winogradConv2dThenAveragePool(toTensor(randomArray([1, 3, 4, 2], 1)), toTensor(randomArray([3, 3, 2, 2], 2)))).toThrow(
    'must be even',
  );
});
