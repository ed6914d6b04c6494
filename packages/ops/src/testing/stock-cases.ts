// Brings the gradients of tensorflow.js's own operations, which tfjs-core lacks in Node.js.
import '@tensorflow/tfjs-layers';
import { avgPool, depthwiseConv2d, image, leakyRelu, sigmoid, softplus, tanh, tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { randomArray as random } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import * as reference from './reference/index.js';

const asMap = (x: Tensor): Tensor4D => x as Tensor4D;

/** What tensorflow.js itself offers for the same functions, to say truthfully why this package has its own. */
export const stockCases: readonly OperationCase[] = [
  {
    operation: 'tf.depthwiseConv2d',
    name: 'the high-pass filter on one channel',
    inputs: [random([2, 3, 4, 1], 3)],
    run: (x) => depthwiseConv2d(asMap(x), tensor4d([-1, -1, -1, -1, 8, -1, -1, -1, -1], [3, 3, 1, 1]), 1, 'same'),
    reference: (x) => reference.highPass(x, 1),
  },
  {
    operation: 'tf.avgPool',
    name: '2×2',
    inputs: [random([2, 4, 6, 2], 4)],
    run: (x) => avgPool(asMap(x), 2, 2, 'valid'),
    reference: reference.averagePool2x2,
  },
  {
    operation: 'tf.image.resizeNearestNeighbor',
    name: 'twice as large',
    inputs: [random([2, 3, 2, 2], 5)],
    run: (x) => image.resizeNearestNeighbor(asMap(x), [6, 4]),
    reference: reference.upsampleNearest2x,
  },
  {
    operation: 'tf.image.resizeBilinear',
    name: 'half-pixel centres',
    inputs: [random([2, 4, 3, 2], 6)],
    run: (x) => image.resizeBilinear(asMap(x), [5, 7], false, true),
    reference: (x) => reference.interpolateBilinear(x, [5, 7]),
  },
  {
    operation: 'tf.leakyRelu',
    name: 'slope 0.2',
    inputs: [random([12], 7, { nearest: 0.05 })],
    run: (x) => leakyRelu(x, 0.2),
    reference: (x) => reference.leakyRelu(x),
  },
  {
    operation: 'tf.sigmoid',
    name: '|x| ≤ 5',
    inputs: [random([12], 8, { farthest: 5 })],
    run: (x) => sigmoid(x),
    reference: reference.sigmoid,
  },
  {
    operation: 'tf.softplus',
    name: '|x| ≤ 5',
    inputs: [random([12], 9, { farthest: 5 })],
    run: (x) => softplus(x),
    reference: reference.softplus,
  },
  { operation: 'tf.tanh', name: '|x| ≤ 3', inputs: [random([12], 10, { farthest: 3 })], run: (x) => tanh(x), reference: reference.tanh },
];
