import { tidy } from '@tensorflow/tfjs-core';
import {
  adaptiveInstanceNormalization,
  addBias,
  averagePool2x2,
  conv2d,
  conv2dThenAveragePool,
  highPass,
  instanceNormalization,
  leakyRelu,
  affine,
  residualSum,
  tanh,
  upsampleNearest2x,
  upsampleThenConv2d,
} from '../index.js';
import { randomArray as random } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import * as reference from './reference/index.js';

const compositions: readonly OperationCase[] = [
  {
    operation: 'residual block',
    name: 'identity shortcut, unscaled sum',
    inputs: [random([1, 4, 4, 2], 1), random([3, 3, 2, 2], 2), random([2], 3)],
    run: (x, filter, bias) => residualSum(addBias(conv2d(x, filter), bias), x),
    reference: (x, filter, bias) => reference.residualSum(reference.addBias(reference.conv2d(x, filter), bias), x),
  },
  {
    operation: 'residual sum',
    name: 'of a tensor with itself and with its own bias',
    inputs: [random([2, 3], 4), random([3], 5)],
    run: (x, bias) => residualSum(residualSum(x, x), addBias(x, bias)),
    reference: (x, bias) => reference.residualSum(reference.residualSum(x, x), reference.addBias(x, bias)),
  },
  {
    operation: 'discriminator block',
    name: 'learned shortcut, both halves at the lower resolution',
    inputs: [random([2, 4, 4, 2], 6), random([3, 3, 2, 3], 7), random([3], 8), random([1, 1, 2, 3], 9)],
    run: (x, filter, bias, shortcut) =>
      tanh(residualSum(addBias(conv2dThenAveragePool(tanh(x), filter), bias), conv2d(averagePool2x2(x), shortcut), Math.SQRT1_2)),
    reference: (x, filter, bias, shortcut) =>
      reference.tanh(
        reference.residualSum(
          reference.addBias(reference.conv2dThenAveragePool(reference.tanh(x), filter), bias),
          reference.conv2d(reference.averagePool2x2(x), shortcut),
          Math.SQRT1_2,
        ),
      ),
  },
  {
    operation: 'generator block',
    name: 'style from a linear layer, high-pass skip',
    inputs: [random([2, 2, 2, 2], 10, { nearest: 0.2 }), random([2, 3], 11), random([3, 2], 12), random([2], 13), random([3, 3, 2, 2], 14)],
    run: (x, style, weight, bias, filter) => {
      const scale = affine(style, weight, bias);
      return residualSum(
        upsampleThenConv2d(leakyRelu(adaptiveInstanceNormalization(x, scale, scale)), filter),
        highPass(upsampleNearest2x(x), 1),
      );
    },
    reference: (x, style, weight, bias, filter) => {
      const scale = reference.affine(style, weight, bias);
      return reference.residualSum(
        reference.upsampleThenConv2d(reference.leakyRelu(reference.adaptiveInstanceNormalization(x, scale, scale)), filter),
        reference.highPass(reference.upsampleNearest2x(x), 1),
      );
    },
  },
  {
    operation: 'stacked normalisation',
    name: 'statistics of statistics',
    inputs: [random([1, 3, 3, 2], 15), random([2], 16, { nearest: 0.5 }), random([2], 17)],
    run: (x, scale, shift) => instanceNormalization(tanh(instanceNormalization(x, scale, shift)), shift, scale),
    reference: (x, scale, shift) =>
      reference.instanceNormalization(reference.tanh(reference.instanceNormalization(x, scale, shift)), shift, scale),
  },
];

/** Operations put together as networks do: one tensor read twice, gradients added up, sums joined. */
export const compositionCases: readonly OperationCase[] = compositions.map((composition) => ({
  ...composition,
  run: (...inputs) => tidy(() => composition.run(...inputs)),
}));
