import { add, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { noFlops, shapeOf, type SingleOutputOperation } from './fused-operation.js';

/** scale · (a + b). */
export const residualSumKernel: SingleOutputOperation<Record<'a' | 'b', Tensor>, { scale: number }> = {
  kernelName: 'StarganResidualSum',
  nativeSource: 'elementwise.cc',
  inputs: ['a', 'b'],
  attributes: ['scale'],
  outputShapes: shapeOf('a'),
  flops: noFlops,
  composed: ({ a, b }, { scale }) => (scale === 1 ? add(a, b) : mul(add(a, b), scale)),
  samples: (random) => [{ inputs: { a: random(3, 5, 7, 11), b: random(3, 5, 7, 11) }, attributes: { scale: 0.5 } }],
  tolerance: 1e-6,
};
