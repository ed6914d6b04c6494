import {
  abs,
  add,
  concat,
  div,
  exp,
  getGradient,
  log,
  matMul,
  mean,
  mul,
  neg,
  pad,
  relu,
  rsqrt,
  sign,
  slice,
  softplus,
  split,
  sqrt,
  square,
  squaredDifference,
  sub,
  sum,
  transpose,
  unregisterGradient,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { coreGradientKernels, fillInCoreGradients } from './core-gradients.js';
import { useBackend } from './testing/backends.js';
import { compositionCases } from './testing/composition-cases.js';
import { measureExactness, TOLERANCE } from './testing/exactness.js';
import { kernelCases, kernelCasesBeyondWasm, stockSlopes } from './testing/kernel-cases.js';
import { map, ndArray, randomArray as random, type NdArray } from './testing/nd-array.js';
import type { OperationCase } from './testing/operation-case.js';
import { operationCases } from './testing/operation-cases.js';
import * as reference from './testing/reference/index.js';

// In a process of its own: it takes gradients away that others need.

beforeAll(async () => {
  await useBackend('cpu');
  // As in a project that has installed nothing but tfjs-core and a backend.
  for (const kernel of coreGradientKernels) if (getGradient(kernel) != null) unregisterGradient(kernel);
});

const positive = map(random([2, 3], 1, { nearest: 0.5, farthest: 2 }), Math.abs);
const signed = random([2, 3], 2, { nearest: 0.5 });

function elementwise(name: string, run: (x: Tensor) => Tensor, f: (x: number) => number, input = signed): OperationCase {
  return { operation: name, name: 'elementwise', inputs: [input], run, reference: (x) => map(x, f) };
}

/** [2, 3] with [3] and with [2, 1]: both ways of broadcasting. */
function broadcasting(name: string, run: (a: Tensor, b: Tensor) => Tensor, f: (a: number, b: number) => number): OperationCase[] {
  return [
    {
      operation: name,
      name: 'row',
      inputs: [signed, random([3], 3, { nearest: 0.5 })],
      run,
      reference: (a, b) => map(a, (value, i) => f(value, b.data[i % 3]!)),
    },
    {
      operation: name,
      name: 'column',
      inputs: [random([2, 1], 4, { nearest: 0.5 }), signed],
      run,
      reference: (a, b) => map(b, (value, i) => f(a.data[Math.floor(i / 3)]!, value)),
    },
  ];
}

const flipped = (x: NdArray): NdArray => {
  const [rows, columns] = x.shape as [number, number];
  return map(ndArray([columns, rows]), (_, i) => x.data[(i % rows) * columns + Math.floor(i / rows)]!);
};
const product = (a: NdArray, b: NdArray): NdArray => reference.affine(a, b, ndArray([b.shape[1]!]));

const products = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB): OperationCase => ({
    operation: 'matMul',
    name: `transposed ${transposeA}, ${transposeB}`,
    inputs: [random(transposeA ? [3, 2] : [2, 3], 5), random(transposeB ? [4, 3] : [3, 4], 6)],
    run: (a, b) => matMul(a, b, transposeA, transposeB),
    reference: (a, b) => product(transposeA ? flipped(a) : a, transposeB ? flipped(b) : b),
  })),
);

const coreCases = [...kernelCases, ...kernelCasesBeyondWasm];

const cases: OperationCase[] = [
  ...broadcasting(
    'add',
    (a, b) => add(a, b),
    (a, b) => a + b,
  ),
  ...broadcasting(
    'sub',
    (a, b) => sub(a, b),
    (a, b) => a - b,
  ),
  ...broadcasting(
    'mul',
    (a, b) => mul(a, b),
    (a, b) => a * b,
  ),
  ...broadcasting(
    'div',
    (a, b) => div(a, b),
    (a, b) => a / b,
  ),
  ...broadcasting(
    'squaredDifference',
    (a, b) => squaredDifference(a, b),
    (a, b) => (a - b) ** 2,
  ),
  elementwise('abs', (x) => abs(x), Math.abs),
  elementwise('exp', (x) => exp(x), Math.exp),
  elementwise('log', (x) => log(x), Math.log, positive),
  elementwise(
    'neg',
    (x) => neg(x),
    (x) => -x,
  ),
  elementwise('sqrt', (x) => sqrt(x), Math.sqrt, positive),
  elementwise(
    'relu',
    (x) => relu(x),
    (x) => Math.max(x, 0),
  ),
  elementwise(
    'rsqrt',
    (x) => rsqrt(x),
    (x) => 1 / Math.sqrt(x),
    positive,
  ),
  elementwise(
    'softplus',
    (x) => softplus(x),
    (x) => Math.log1p(Math.exp(x)),
  ),
  elementwise(
    'square',
    (x) => square(x),
    (x) => x * x,
  ),
  elementwise('sign', (x) => sign(x), Math.sign),
  { operation: 'transpose', name: 'matrix', inputs: [signed], run: (x) => transpose(x), reference: flipped },
  {
    operation: 'sum',
    name: 'last axis',
    inputs: [signed],
    run: (x) => sum(x, -1),
    reference: (x) => ndArray([2], product(x, ndArray([3, 1], [1, 1, 1])).data),
  },
  {
    operation: 'mean',
    name: 'first axis',
    inputs: [signed],
    run: (x) => mean(x, 0, true),
    reference: (x) => product(ndArray([1, 2], [0.5, 0.5]), x),
  },
  {
    operation: 'concat',
    name: 'columns',
    inputs: [random([2, 1], 7), random([2, 2], 8)],
    run: (a, b) => concat([a, b], -1),
    reference: (a, b) =>
      ndArray(
        [2, 3],
        [0, 1].flatMap((row) => [a.data[row]!, b.data[2 * row]!, b.data[2 * row + 1]!]),
      ),
  },
  {
    operation: 'split',
    name: 'with a part unused',
    inputs: [signed],
    run: (x) => {
      const [left, , right] = split(x, 3, 1) as [Tensor, Tensor, Tensor];
      return mul(left, right);
    },
    reference: (x) => ndArray([2, 1], [x.data[0]! * x.data[2]!, x.data[3]! * x.data[5]!]),
  },
  {
    operation: 'pad',
    name: 'unequal sides',
    inputs: [signed],
    run: (x) =>
      pad(x, [
        [1, 0],
        [0, 2],
      ]),
    reference: (x) => ndArray([3, 5], [0, 0, 0, 0, 0, ...x.data.slice(0, 3), 0, 0, ...x.data.slice(3), 0, 0]),
  },
  {
    operation: 'slice',
    name: 'inside, and to the end',
    inputs: [random([2, 4], 9)],
    run: (x) => mul(slice(x, [0, 1], [2, 2]), slice(x, [0, 2], [-1, -1])),
    reference: (x) =>
      ndArray(
        [2, 2],
        [0, 4].flatMap((row) => [x.data[row + 1]! * x.data[row + 2]!, x.data[row + 2]! * x.data[row + 3]!]),
      ),
  },
  ...products,
];

test('every gradient that is filled in has a case', () => {
  const kernels = (name: string): string =>
    ({ div: 'RealDiv', mul: 'Multiply', matMul: 'BatchMatMul', split: 'SplitV', pad: 'PadV2' })[name] ??
    name.charAt(0).toUpperCase() + name.slice(1);
  // Those that the cases use on the way.
  const within = [
    'Cast',
    'Identity',
    'OnesLike',
    'Reshape',
    'Step',
    'ZerosLike',
    'AvgPoolGrad',
    'AvgPool3DGrad',
    'MaxPoolGrad',
    ...['Conv2D', 'Conv3D', 'DepthwiseConv2dNative'].map((name) => `${name}BackpropFilter${name === 'Conv3D' ? 'V2' : ''}`),
    'Conv3DBackpropInputV2',
    'DepthwiseConv2dNativeBackpropInput',
  ];
  const tested = [
    ...cases.map(({ operation }) => kernels(operation)),
    ...coreCases.map(({ operation }) => operation),
    ...stockSlopes.map(({ kernel }) => kernel),
    ...within,
  ];
  expect([...new Set(tested)].sort()).toEqual([...coreGradientKernels].sort());
});

test.each([...cases, ...coreCases, ...operationCases, ...compositionCases].map((testCase) => ({ ...testCase, testCase })))(
  '$operation ($name) is exact to second order where tensorflow.js brings no gradients',
  ({ testCase }) => {
    const exactness = measureExactness(testCase);
    for (const order of ['value', 'first', 'second'] as const) {
      const error = exactness[order];
      if (error instanceof Error) throw error;
      expect(error, order).toBeLessThanOrEqual(TOLERANCE);
    }
  },
);

test('gradients that are there stay', () => {
  fillInCoreGradients();
  const before = coreGradientKernels.map((kernel) => getGradient(kernel));
  fillInCoreGradients();
  coreGradientKernels.forEach((kernel, i) => expect(getGradient(kernel)).toBe(before[i]));
});
