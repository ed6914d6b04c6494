import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  activate,
  adaptiveInstanceNormalization,
  addBias,
  addBiasLeakyRelu,
  averagePool2x2,
  conv2d,
  conv2dThenAveragePool,
  conv2dTranspose,
  highPass,
  instanceNormalization,
  leakyRelu,
  affine,
  residualSum,
  interpolateBilinear,
  selectRows,
  sigmoid,
  softplus,
  tanh,
  upsampleNearest2x,
  upsampleThenConv2d,
  winogradConv2d,
  winogradConv2dThenAveragePool,
  winogradConv2dThenResidualSum,
  winogradUpsampleThenConv2d,
  type ConvolutionOptions,
} from '../index.js';
import { randomArray as random } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import * as reference from './reference/index.js';

function convolution(name: string, xShape: number[], filterShape: number[], options: ConvolutionOptions): OperationCase {
  return {
    operation: 'conv2d',
    name,
    inputs: [random(xShape, 1), random(filterShape, 2)],
    run: (x, filter) => conv2d(x, filter, options),
    reference: (x, filter) => reference.conv2d(x, filter, options),
  };
}

function transposedConvolution(name: string, filterShape: number[], stride: number): OperationCase {
  return {
    operation: 'conv2dTranspose',
    name,
    inputs: [random([2, 2, 3, 3], 3), random(filterShape, 4)],
    run: (x, filter) => conv2dTranspose(x, filter, { stride }),
    reference: (x, filter) => reference.conv2dTranspose(x, filter, { stride }),
  };
}

const convolutions: OperationCase[] = [
  convolution('3×3, same', [2, 4, 3, 2], [3, 3, 2, 3], {}),
  convolution('1×1', [2, 3, 2, 3], [1, 1, 3, 2], {}),
  convolution('4×4, valid', [2, 4, 5, 2], [4, 4, 2, 2], { padding: 'valid' }),
  convolution('4×4, stride 2, even size', [1, 4, 6, 2], [4, 4, 2, 2], { stride: 2 }),
  convolution('3×3, stride 2, odd size', [2, 5, 3, 2], [3, 3, 2, 2], { stride: 2 }),
  convolution('2×3, stride 3, valid', [1, 6, 8, 2], [2, 3, 2, 2], { stride: 3, padding: 'valid' }),
  transposedConvolution('4×4, stride 2', [4, 4, 2, 3], 2),
  transposedConvolution('3×3, stride 2', [3, 3, 2, 3], 2),
  transposedConvolution('3×3, stride 1', [3, 3, 2, 3], 1),
];

const resampling: OperationCase[] = [
  {
    operation: 'conv2dThenAveragePool',
    name: 'a wide image',
    inputs: [random([2, 4, 6, 2], 5), random([3, 3, 2, 2], 6)],
    run: conv2dThenAveragePool,
    reference: reference.conv2dThenAveragePool,
  },
  {
    operation: 'upsampleThenConv2d',
    name: 'an odd size',
    inputs: [random([2, 3, 2, 2], 7), random([3, 3, 2, 2], 8)],
    run: upsampleThenConv2d,
    reference: reference.upsampleThenConv2d,
  },
  // Few channels take the plain convolutions; winograd.test.ts compares the kernels with those.
  {
    operation: 'winogradConv2d',
    name: 'few channels',
    inputs: [random([2, 3, 4, 2], 50), random([3, 3, 2, 3], 51)],
    run: (x, filter) => winogradConv2d(x, filter),
    reference: (x, filter) => reference.conv2d(x, filter, {}),
  },
  {
    operation: 'winogradConv2dThenAveragePool',
    name: 'few channels',
    inputs: [random([2, 4, 2, 2], 52), random([3, 3, 2, 2], 53)],
    run: (x, filter) => winogradConv2dThenAveragePool(x, filter),
    reference: reference.conv2dThenAveragePool,
  },
  {
    operation: 'winogradConv2dThenResidualSum',
    name: 'few channels',
    inputs: [random([2, 3, 2, 2], 56), random([3, 3, 2, 3], 57), random([3], 58), random([2, 3, 2, 3], 59)],
    run: (x, filter, bias, shortcut) => winogradConv2dThenResidualSum(x, filter, bias, shortcut, Math.SQRT1_2),
    reference: (x, filter, bias, shortcut) =>
      reference.residualSum(reference.addBias(reference.conv2d(x, filter, {}), bias), shortcut, Math.SQRT1_2),
  },
  {
    operation: 'winogradUpsampleThenConv2d',
    name: 'few channels',
    inputs: [random([2, 2, 3, 2], 54), random([3, 3, 2, 2], 55)],
    run: (x, filter) => winogradUpsampleThenConv2d(x, filter),
    reference: reference.upsampleThenConv2d,
  },
  {
    operation: 'averagePool2x2',
    name: 'a wide image',
    inputs: [random([2, 4, 6, 2], 9)],
    run: averagePool2x2,
    reference: reference.averagePool2x2,
  },
  {
    operation: 'upsampleNearest2x',
    name: 'an odd size',
    inputs: [random([2, 3, 2, 2], 10)],
    run: (x) => upsampleNearest2x(x),
    reference: reference.upsampleNearest2x,
  },
  ...(
    [
      [5, 7],
      [2, 3],
      [6, 2],
    ] as const
  ).map((size): OperationCase => ({
    operation: 'interpolateBilinear',
    name: `4×3 to ${size.join('×')}`,
    inputs: [random([2, 4, 3, 2], 11)],
    run: (x) => interpolateBilinear(x, size),
    reference: (x) => reference.interpolateBilinear(x, size),
  })),
  {
    operation: 'highPass',
    name: 'weight 2',
    inputs: [random([2, 3, 4, 2], 12)],
    run: (x) => highPass(x, 2),
    reference: (x) => reference.highPass(x, 2),
  },
];

const normalization: OperationCase[] = [
  {
    operation: 'instanceNormalization',
    name: 'scale and shift per channel',
    inputs: [random([2, 3, 4, 2], 13), random([2], 14, { nearest: 0.5 }), random([2], 15)],
    run: (x, scale, shift) => instanceNormalization(x, scale, shift),
    reference: (x, scale, shift) => reference.instanceNormalization(x, scale, shift),
  },
  {
    operation: 'instanceNormalization',
    name: 'a large epsilon',
    inputs: [random([1, 2, 3, 3], 16), random([3], 17), random([3], 18)],
    run: (x, scale, shift) => instanceNormalization(x, scale, shift, { epsilon: 0.5 }),
    reference: (x, scale, shift) => reference.instanceNormalization(x, scale, shift, { epsilon: 0.5 }),
  },
  {
    operation: 'instanceNormalization',
    name: 'with leaky ReLU, over a batch',
    inputs: [random([2, 3, 4, 2], 40), random([2], 41, { nearest: 0.5 }), random([2], 42)],
    run: (x, scale, shift) => instanceNormalization(x, scale, shift, { slope: 0.2 }),
    reference: (x, scale, shift) => reference.leakyRelu(reference.instanceNormalization(x, scale, shift)),
  },
  {
    operation: 'adaptiveInstanceNormalization',
    name: 'with leaky ReLU',
    inputs: [random([2, 3, 3, 3], 43), random([2, 3], 44), random([2, 3], 45)],
    run: (x, gamma, beta) => adaptiveInstanceNormalization(x, gamma, beta, { slope: 0.7 }),
    reference: (x, gamma, beta) => reference.leakyRelu(reference.adaptiveInstanceNormalization(x, gamma, beta), 0.7),
  },
  {
    operation: 'adaptiveInstanceNormalization',
    name: 'scale and shift per image',
    inputs: [random([2, 3, 4, 2], 19), random([2, 2], 20), random([2, 2], 21)],
    run: (x, gamma, beta) => adaptiveInstanceNormalization(x, gamma, beta),
    reference: (x, gamma, beta) => reference.adaptiveInstanceNormalization(x, gamma, beta),
  },
  {
    operation: 'activate',
    name: 'a bias',
    inputs: [random([2, 3, 4, 2], 46), random([2], 47)],
    run: (x, bias) => activate(x, { bias, slope: 0.2 }),
    reference: (x, bias) => reference.leakyRelu(reference.addBias(x, bias)),
  },
  {
    operation: 'activate',
    name: 'an adaptive norm',
    inputs: [random([2, 3, 3, 3], 43), random([2, 3], 44), random([2, 3], 45)],
    run: (x, scale, shift) => activate(x, { scale, shift, adaptive: true, slope: 0.7 }),
    reference: (x, gamma, beta) => reference.leakyRelu(reference.adaptiveInstanceNormalization(x, gamma, beta), 0.7),
  },
];

// leakyRelu has a kink at 0: keep away from it further than the finite differences reach.
const awayFromKink = { nearest: 0.05 };

const elementwise: OperationCase[] = [
  {
    operation: 'leakyRelu',
    name: 'slope 0.2',
    inputs: [random([2, 3, 4], 22, awayFromKink)],
    run: (x) => leakyRelu(x),
    reference: (x) => reference.leakyRelu(x),
  },
  {
    operation: 'leakyRelu',
    name: 'slope 0.7',
    inputs: [random([12], 23, awayFromKink)],
    run: (x) => leakyRelu(x, 0.7),
    reference: (x) => reference.leakyRelu(x, 0.7),
  },
  {
    operation: 'sigmoid',
    name: '|x| ≤ 5',
    inputs: [random([3, 8], 24, { farthest: 5 })],
    run: (x) => sigmoid(x),
    reference: reference.sigmoid,
  },
  {
    operation: 'softplus',
    name: '|x| ≤ 5',
    inputs: [random([3, 8], 25, { farthest: 5 })],
    run: (x) => softplus(x),
    reference: reference.softplus,
  },
  { operation: 'tanh', name: '|x| ≤ 3', inputs: [random([3, 8], 26, { farthest: 3 })], run: (x) => tanh(x), reference: reference.tanh },
  {
    operation: 'residualSum',
    name: 'unscaled',
    inputs: [random([2, 3, 2, 2], 27), random([2, 3, 2, 2], 28)],
    run: (a, b) => residualSum(a, b),
    reference: (a, b) => reference.residualSum(a, b),
  },
  {
    operation: 'residualSum',
    name: 'scaled by 1/√2',
    inputs: [random([2, 5], 29), random([2, 5], 30)],
    run: (a, b) => residualSum(a, b, Math.SQRT1_2),
    reference: (a, b) => reference.residualSum(a, b, Math.SQRT1_2),
  },
];

const vectors: OperationCase[] = [
  {
    operation: 'addBias',
    name: 'a feature map',
    inputs: [random([2, 2, 3, 2], 31), random([2], 32)],
    run: addBias<Tensor>,
    reference: reference.addBias,
  },
  {
    operation: 'addBias',
    name: 'a vector',
    inputs: [random([4], 33), random([4], 34)],
    run: addBias<Tensor>,
    reference: reference.addBias,
  },
  {
    operation: 'addBiasLeakyRelu',
    name: 'a feature map',
    inputs: [random([2, 2, 3, 2], 46, { nearest: 0.5 }), random([2], 47, { farthest: 0.4 })],
    run: (x, bias) => addBiasLeakyRelu(x, bias),
    reference: (x, bias) => reference.leakyRelu(reference.addBias(x, bias)),
  },
  {
    operation: 'addBiasLeakyRelu',
    name: 'a vector',
    inputs: [random([4], 48, { nearest: 0.5 }), random([4], 49, { farthest: 0.4 })],
    run: (x, bias) => addBiasLeakyRelu(x, bias, 0.7),
    reference: (x, bias) => reference.leakyRelu(reference.addBias(x, bias), 0.7),
  },
  {
    operation: 'affine',
    name: '3 to 4 values',
    inputs: [random([2, 3], 35), random([3, 4], 36), random([4], 37)],
    run: affine,
    reference: reference.affine,
  },
  {
    operation: 'selectRows',
    name: 'with a row twice and a row never',
    inputs: [random([4, 3], 38)],
    run: (x) => selectRows(x as Tensor2D, [2, 0, 2]),
    reference: (x) => reference.selectRows(x, [2, 0, 2]),
  },
];

/** Every differentiable operation of the package, at least once. */
export const operationCases: readonly OperationCase[] = [...convolutions, ...resampling, ...normalization, ...elementwise, ...vectors];
