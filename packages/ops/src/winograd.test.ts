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
import { randomArray } from './testing/nd-array.js';
import { evaluate, toArray, toTensor } from './testing/tensors.js';
import { expectEqual, point, type Case } from './testing/winograd-comparison.js';

const operations: Case[] = [
  {
    name: 'winogradConv2d',
    winograd: (x, filter) => winogradConv2d(x, filter),
    textbook: (x, filter) => conv2d(x, filter),
    step: 1,
    scale: 1,
  },
  {
    name: 'winogradConv2dThenAveragePool',
    winograd: (x, filter) => winogradConv2dThenAveragePool(x, filter),
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
    winograd: (x, filter) => winogradUpsampleThenConv2d(x, filter),
    textbook: (x, filter) => conv2d(upsampleNearest2x(x), filter),
    step: 1,
    scale: 2,
  },
];

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
