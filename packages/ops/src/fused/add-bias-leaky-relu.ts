import { add, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leakyRelu, rectifyGradient } from '../activations.js';
import { addBias } from '../linear.js';
import { noFlops, shapeOf, type KernelSample, type RandomTensor, type SingleOutputOperation } from './fused-operation.js';

/** x [..., channels], bias [channels]. */
export type Biased = Record<'x' | 'bias', Tensor>;
type WithGradient = Biased & Record<'dy', Tensor>;
type Slope = { slope: number };

const common = { nativeSource: 'elementwise.cc', attributes: ['slope'], flops: noFlops, tolerance: 1e-5 } as const;

const SHAPES = [
  [2, 5, 7, 67],
  [3, 13],
];
const biased = (random: RandomTensor, shape: readonly number[]): Biased => ({ x: random(...shape), bias: random(shape.at(-1)!) });
const samples = (random: RandomTensor): KernelSample<Biased, Slope>[] =>
  SHAPES.map((shape) => ({ inputs: biased(random, shape), attributes: { slope: 0.2 } }));
const gradientSamples = (random: RandomTensor): KernelSample<WithGradient, Slope>[] =>
  SHAPES.map((shape) => ({ inputs: { ...biased(random, shape), dy: random(...shape) }, attributes: { slope: 0.2 } }));

/** Leaky ReLU of x + bias. */
export const addBiasLeakyReluKernel: SingleOutputOperation<Biased, Slope> = {
  ...common,
  kernelName: 'StarganAddBiasLeakyRelu',
  inputs: ['x', 'bias'],
  outputShapes: shapeOf('x'),
  composed: ({ x, bias }, { slope }) => leakyRelu(add(x, bias), slope),
  samples,
};

/** Its gradient with respect to x. */
export const addBiasLeakyReluInputGradientKernel: SingleOutputOperation<WithGradient, Slope> = {
  ...common,
  kernelName: 'StarganAddBiasLeakyReluInputGradient',
  inputs: ['dy', 'x', 'bias'],
  outputShapes: shapeOf('x'),
  composed: ({ dy, x, bias }, slope) => rectifyGradient({ dy, x: addBias(x, bias) }, slope),
  samples: gradientSamples,
};

/** Its gradient with respect to the bias. */
export const addBiasLeakyReluBiasGradientKernel: SingleOutputOperation<WithGradient, Slope> = {
  ...common,
  kernelName: 'StarganAddBiasLeakyReluBiasGradient',
  inputs: ['dy', 'x', 'bias'],
  outputShapes: shapeOf('bias'),
  composed: ({ dy, x, bias }, slope) =>
    sum(
      rectifyGradient({ dy, x: addBias(x, bias) }, slope),
      x.shape.slice(0, -1).map((_, axis) => axis),
    ),
  samples: gradientSamples,
};
