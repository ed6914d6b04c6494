import { add, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leakyRelu, rectifyGradient } from '../activations.js';
import { addBias, leadingAxes } from '../linear.js';
import {
  noFlops,
  requireShapeOf,
  shapeOf,
  type FusedOperation,
  type KernelSample,
  type RandomTensor,
  type SingleOutputOperation,
} from './fused-operation.js';

/** x [..., channels], bias [channels]. */
export type Biased = Record<'x' | 'bias', Tensor>;
/** Inputs of a gradient. */
export type WithGradient = Biased & Record<'dy', Tensor>;

/** Factor of negative values. */
export type Slope = { slope: number };

const common = { nativeSource: 'elementwise.cc', attributes: ['slope'], flops: noFlops, tolerance: 1e-5 } as const;

// Several stretches of pixels, the last one short, and few elements.
const SHAPES = [
  [2, 29, 31, 67],
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

type Gradient = (inputs: WithGradient, slope: Slope) => Tensor;

/** Its gradient with respect to x, of differentiable operations. */
export const composeInputGradient: Gradient = ({ dy, x, bias }, slope) => rectifyGradient({ dy, x: addBias(x, bias) }, slope);

/** Its gradient with respect to the bias, of differentiable operations. */
export const composeBiasGradient: Gradient = (inputs, slope) => sum(composeInputGradient(inputs, slope), leadingAxes(inputs.x));

/** Both gradients. */
export const addBiasLeakyReluGradientsKernel: FusedOperation<WithGradient, Slope> = {
  ...common,
  kernelName: 'StarganAddBiasLeakyReluGradients',
  inputs: ['dy', 'x', 'bias'],
  outputs: 2,
  outputShapes: (inputs) => ['x', 'bias'].map((name) => requireShapeOf(inputs, name)),
  composed: (inputs, slope) => [composeInputGradient(inputs, slope), composeBiasGradient(inputs, slope)],
  samples: gradientSamples,
};
