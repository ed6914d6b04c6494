import { add, mul, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leadingAxes } from '../linear.js';
import { noFlops, requireShapeOf, shapeOf, type FusedOperation, type SingleOutputOperation } from './fused-operation.js';

type Scale = { scale: number };

const common = { nativeSource: 'elementwise.cc', attributes: ['scale'], flops: noFlops, tolerance: 1e-6 } as const;

/** scale · (a + b). */
export const residualSumKernel: SingleOutputOperation<Record<'a' | 'b', Tensor>, Scale> = {
  ...common,
  kernelName: 'StarganResidualSum',
  inputs: ['a', 'b'],
  outputShapes: shapeOf('a'),
  composed: ({ a, b }, { scale }) => (scale === 1 ? add(a, b) : mul(add(a, b), scale)),
  samples: (random) => [{ inputs: { a: random(3, 5, 7, 11), b: random(3, 5, 7, 11) }, attributes: { scale: 0.5 } }],
};

/** Gradients of scale · (a + b + bias), bias [channels]: the one that `a` and `b` have in common, and that with respect to the bias. */
export const biasedSumGradientsKernel: FusedOperation<Record<'dy', Tensor>, Scale> = {
  ...common,
  kernelName: 'StarganBiasedSumGradients',
  inputs: ['dy'],
  outputs: 2,
  outputShapes: (inputs) => {
    const shape = requireShapeOf(inputs, 'dy');
    return [shape, shape.slice(-1)];
  },
  composed: ({ dy }, { scale }) => {
    const summand = mul(dy, scale);
    return [summand, sum(summand, leadingAxes(dy))];
  },
  samples: (random) => [
    { inputs: { dy: random(2, 29, 31, 67) }, attributes: { scale: 0.5 } },
    { inputs: { dy: random(3, 13) }, attributes: { scale: 0.5 } },
  ],
};
